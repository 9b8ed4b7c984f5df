//! A random word that must be typed: nobody approves a dangerous action with a habit.

use crate::clock::{Entropy, EntropyError};

/// 256 words of 5 to 8 letters, each at least two keys away from every other.
const WORDS: &str = include_str!("words.txt");

/// One of the words, each as likely as every other.
///
/// # Errors
/// When there is no randomness.
pub(super) fn pick(entropy: &dyn Entropy) -> Result<&'static str, EntropyError> {
    let mut byte = [0];
    entropy.fill(&mut byte)?;
    WORDS.lines().nth(usize::from(u8::from_ne_bytes(byte))).ok_or(EntropyError)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{WORDS, pick};
    use crate::clock::{Entropy, EntropyError};

    #[derive(Debug)]
    struct Byte(u8);

    impl Entropy for Byte {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn every_byte_has_a_word_of_its_own() {
        let picked: BTreeSet<_> =
            (0..=u8::MAX).map(|byte| pick(&Byte(byte))).map(Result::ok).collect();
        assert_eq!(picked.len(), 256);
        assert!(!picked.contains(&None));
    }

    #[test]
    fn words_are_easy_to_read_and_hard_to_confuse() {
        let words: Vec<&str> = WORDS.lines().collect();
        for (index, word) in words.iter().enumerate() {
            assert!((5..=8).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()));
            for other in words.iter().skip(index + 1).filter(|other| other.len() == word.len()) {
                let differ = word.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count();
                assert!(differ > 1, "{word} and {other}");
            }
        }
    }
}
