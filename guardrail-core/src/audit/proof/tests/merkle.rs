//! Inclusion and consistency: against the vectors of Certificate Transparency, and every small tree.

use super::{number, tree};
use crate::audit::proof::{ConsistencyBuilder, Inclusion, InclusionBuilder, ProofError};
use crate::audit::seal::leaf;
use crate::audit::tree::Tree;
use crate::model::{Digest, Sequence};

/// The eight leaves that Certificate Transparency's own tests use.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

/// Their roots, from one leaf to eight.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn inclusion(index: u64, size: u64, leaves: impl Iterator<Item = Digest>) -> Inclusion {
    let mut builder = InclusionBuilder::new(Sequence::new(index + 1), size).unwrap();
    leaves.for_each(|leaf| builder.push(leaf));
    builder.finish().unwrap()
}

#[test]
fn roots_and_paths_are_those_of_certificate_transparency() {
    let mut tree = Tree::new();
    for (line, root) in LEAVES.iter().zip(ROOTS) {
        tree.push(leaf(line));
        assert_eq!(tree.root().to_string(), root);
    }
    let leaves = || LEAVES.iter().map(|line| leaf(line));
    let path: Vec<String> =
        inclusion(5, 8, leaves()).hashes.iter().map(ToString::to_string).collect();
    assert_eq!(
        path,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    let mut builder = ConsistencyBuilder::new(6, 8).unwrap();
    leaves().for_each(|leaf| builder.push(leaf));
    let hashes: Vec<String> =
        builder.finish().unwrap().hashes.iter().map(ToString::to_string).collect();
    assert_eq!(
        hashes,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
}

/// Every record of every tree is proven, and no other is by the same proof.
#[test]
fn every_leaf_is_proven_and_no_other() {
    for size in 1..40 {
        let root = tree(size).root();
        for index in 0..size {
            // Leaves behind the tree change nothing.
            let proof = inclusion(index, size, (0..size + 3).map(number));
            assert_eq!(proof.verify(number(index), root), Ok(()), "{index} of {size}");
            assert_eq!(proof.verify(number(index + 1), root), Err(ProofError::Wrong));
            let elsewhere = Inclusion { index: (index + 1) % size, ..proof.clone() };
            let found = elsewhere.verify(number(index), root);
            assert!(size == 1 || found == Err(ProofError::Wrong), "{index} of {size}");
            for changed in 0..proof.hashes.len() {
                let mut bent = proof.clone();
                bent.hashes[changed] = number(1000);
                assert_eq!(bent.verify(number(index), root), Err(ProofError::Wrong));
                bent.hashes.remove(changed);
                assert_eq!(bent.verify(number(index), root), Err(ProofError::Wrong));
            }
            let mut longer = proof;
            longer.hashes.push(number(0));
            assert_eq!(longer.verify(number(index), root), Err(ProofError::Wrong));
        }
    }
}

/// Every tree is proven to begin with every smaller one, and no other is by the same proof.
#[test]
fn every_beginning_is_proven_and_no_other() {
    for to in 1..40 {
        for from in 1..=to {
            let mut builder = ConsistencyBuilder::new(from, to).unwrap();
            (0..to).for_each(|n| builder.push(number(n)));
            let proof = builder.finish().unwrap();
            let (old, new) = (tree(from).root(), tree(to).root());
            assert_eq!(proof.verify(old, new), Ok(()), "{from} of {to}");
            assert_eq!(proof.verify(number(0), new).is_ok(), old == number(0), "{from} of {to}");
            assert_eq!(proof.verify(old, number(0)).is_ok(), new == number(0), "{from} of {to}");
            for changed in 0..proof.hashes.len() {
                let mut bent = proof.clone();
                bent.hashes[changed] = number(1000);
                assert_eq!(bent.verify(old, new), Err(ProofError::Wrong));
                bent.hashes.remove(changed);
                assert_eq!(bent.verify(old, new), Err(ProofError::Wrong));
            }
            let mut longer = proof;
            longer.hashes.push(number(0));
            assert_eq!(longer.verify(old, new), Err(ProofError::Wrong));
        }
    }
}

#[test]
fn what_is_not_there_has_no_proof() {
    for (sequence, size) in [(0, 5), (6, 5), (1, 0), (u64::MAX, u64::MAX - 1)] {
        let none = InclusionBuilder::new(Sequence::new(sequence), size);
        assert!(matches!(none, Err(ProofError::Outside { .. })), "{sequence} of {size}");
    }
    for (from, to) in [(0, 5), (6, 5), (0, 0)] {
        assert!(ConsistencyBuilder::new(from, to).is_err(), "{from} to {to}");
    }
    let mut short = InclusionBuilder::new(Sequence::new(1), 5).unwrap();
    short.push(number(0));
    assert_eq!(short.finish(), Err(ProofError::Short { have: 1, size: 5 }));
    // The largest tree there can be is planned at once.
    assert!(InclusionBuilder::new(Sequence::new(1 << 63), u64::MAX).is_ok());
    assert!(ConsistencyBuilder::new(u64::MAX - 1, u64::MAX).is_ok());
}
