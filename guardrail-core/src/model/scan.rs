//! Looks through bytes many at a time: every call's texts are looked through several times.

/// The place of the first byte for which `odd` holds. It is asked without an early end for a whole
/// group at a time, so comparisons in it are vectorised; a table is not.
#[inline]
pub(crate) fn first(bytes: &[u8], odd: impl Fn(u8) -> bool) -> Option<usize> {
    let (groups, rest) = bytes.as_chunks::<16>();
    let mut passed = 0;
    for group in groups {
        if group.iter().fold(false, |any, byte| any | odd(*byte)) {
            return group.iter().position(|byte| odd(*byte)).map(|at| passed + at);
        }
        passed += group.len();
    }
    let rest = match rest.split_first_chunk::<8>() {
        Some((group, rest)) if !group.iter().fold(false, |any, byte| any | odd(*byte)) => {
            passed += group.len();
            rest
        }
        _ => rest,
    };
    rest.iter().position(|byte| odd(*byte)).map(|at| passed + at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::first;

    proptest! {
        #[test]
        fn it_finds_what_position_finds(bytes in proptest::collection::vec(0_u8..6, 0..70)) {
            let odd = |byte| byte == 5;
            prop_assert_eq!(first(&bytes, odd), bytes.iter().position(|byte| odd(*byte)));
        }
    }
}
