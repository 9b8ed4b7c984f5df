//! Who the system says this process runs for. No environment variable is asked: an agent sets those.

use std::fs;

use rustix::process::getuid;

/// The name of the user this process runs for, as `/etc/passwd` has it; `uid:1000` where it has
/// none.
pub(super) fn name() -> String {
    let uid = getuid().as_raw();
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    named(&users, uid).map_or_else(|| format!("uid:{uid}"), str::to_owned)
}

/// The first user with this number; that is the one every program of the system names.
fn named(users: &str, uid: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, id) = (fields.next()?, fields.next()?, fields.next()?);
        (id.parse() == Ok(uid) && !name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::named;

    const USERS: &str = "root:x:0:0:root:/root:/bin/bash\nbroken\ntoor:x:0:0::/:/bin/sh\n\
        :x:7:7::/:\nbob:x:1000:1000:Bob:/home/bob:/bin/sh\n";

    #[test]
    fn the_first_user_with_the_number_is_meant() {
        assert_eq!(named(USERS, 0), Some("root"));
        assert_eq!(named(USERS, 1000), Some("bob"));
        assert_eq!(named(USERS, 7), None, "a user without a name is nobody");
        assert_eq!(named(USERS, 1), None);
    }
}
