//! Programs that are given passwords behind flags: the one table of them, for texts and for lists.

/// A program that is known, or a command of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    Curl,
    Sshpass,
    Redis,
    Login,
    Mysql,
    SevenZip,
    Zip,
    Openssl,
    Ldap,
    Mongo,
    Sqlcmd,
    Samba,
    Keytool,
    Httpie,
    Useradd,
    Putty,
    SshKeygen,
    Twine,
    CreateSecret,
    SetSecret,
    /// Asks for its password: none stands behind a flag.
    Psql,
    /// Runs another.
    Sudo,
}

/// A flag with a password.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) at: At,
    pub(super) form: Form,
}

/// Where the value of a flag stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// In the next word: `-p value`, `--pass=value`.
    Next,
    /// In the same word: `-pvalue`.
    Joined,
    /// In either.
    Both,
}

/// What of the value is a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// All of it.
    Whole,
    /// What follows the first of these bytes: `name:password`.
    Behind(u8),
    /// What follows this word, with which it begins: `pass:password`.
    After(&'static str),
}

const fn flag(name: &'static str, at: At, form: Form) -> Flag {
    Flag { name, at, form }
}

/// Words before a command by which it is one of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parent {
    /// `docker login`
    Login,
    /// `kubectl create secret`
    Create,
    /// `gh secret`, `az keyvault secret`
    Secret,
    /// `npm config`
    Config,
    /// `npm config set`, behind which a name and its value stand.
    Set,
}

impl Parent {
    /// The parent of this name, behind the word that was one.
    pub(super) fn of(name: &[u8], parent: Option<Self>) -> Option<Self> {
        match name {
            b"docker" | b"podman" | b"nerdctl" | b"buildah" | b"skopeo" | b"crane" | b"oras"
            | b"registry" | b"oc" | b"az" | b"cf" | b"ibmcloud" => Some(Self::Login),
            b"create" => Some(Self::Create),
            b"secret" => Some(Self::Secret),
            b"config" | b"configure" => Some(Self::Config),
            b"set" if parent == Some(Self::Config) => Some(Self::Set),
            _ => None,
        }
    }
}

impl Program {
    pub(super) const ALL: [Self; 22] = [
        Self::Curl,
        Self::Sshpass,
        Self::Redis,
        Self::Login,
        Self::Mysql,
        Self::SevenZip,
        Self::Zip,
        Self::Openssl,
        Self::Ldap,
        Self::Mongo,
        Self::Sqlcmd,
        Self::Samba,
        Self::Keytool,
        Self::Httpie,
        Self::Useradd,
        Self::Putty,
        Self::SshKeygen,
        Self::Twine,
        Self::CreateSecret,
        Self::SetSecret,
        Self::Psql,
        Self::Sudo,
    ];

    /// The program of this name, behind the word that was a parent.
    pub(super) fn of(name: &[u8], parent: Option<Parent>) -> Option<Self> {
        Some(match name {
            b"curl" => Self::Curl,
            b"sshpass" => Self::Sshpass,
            b"redis-cli" | b"valkey-cli" => Self::Redis,
            b"login" if parent == Some(Parent::Login) => Self::Login,
            b"secret" if parent == Some(Parent::Create) => Self::CreateSecret,
            b"set" if parent == Some(Parent::Secret) => Self::SetSecret,
            b"mysql" | b"mysqldump" | b"mysqladmin" | b"mysqlimport" | b"mysqlcheck"
            | b"mysqlshow" | b"mysqlbinlog" | b"mariadb" | b"mariadb-dump" | b"mariadb-admin" => {
                Self::Mysql
            }
            b"7z" | b"7za" | b"7zz" | b"rar" | b"unrar" => Self::SevenZip,
            b"zip" | b"unzip" => Self::Zip,
            b"openssl" => Self::Openssl,
            b"ldapsearch" | b"ldapadd" | b"ldapmodify" | b"ldapdelete" | b"ldapwhoami"
            | b"ldappasswd" | b"ldapcompare" => Self::Ldap,
            b"mongo" | b"mongosh" | b"mongodump" | b"mongorestore" | b"mongoexport"
            | b"mongoimport" | b"cqlsh" => Self::Mongo,
            b"sqlcmd" | b"bcp" | b"ipmitool" | b"mosquitto_pub" | b"mosquitto_sub" => Self::Sqlcmd,
            b"smbclient" | b"smbget" | b"rpcclient" => Self::Samba,
            b"keytool" | b"jarsigner" => Self::Keytool,
            b"http" | b"https" | b"xh" => Self::Httpie,
            b"useradd" | b"usermod" => Self::Useradd,
            b"plink" | b"pscp" | b"psftp" => Self::Putty,
            b"ssh-keygen" => Self::SshKeygen,
            b"twine" => Self::Twine,
            b"psql" | b"pg_dump" | b"pg_dumpall" | b"pg_restore" | b"pg_basebackup"
            | b"createdb" | b"dropdb" | b"createuser" | b"dropuser" | b"vacuumdb"
            | b"reindexdb" => Self::Psql,
            b"sudo" => Self::Sudo,
            _ => return None,
        })
    }

    /// The flags behind which it is given a password.
    pub(super) const fn flags(self) -> &'static [Flag] {
        use At::{Both, Joined, Next};
        use Form::{After, Behind, Whole};
        match self {
            Self::Curl => {
                &const {
                    [
                        flag("-u", Both, Behind(b':')),
                        flag("-U", Both, Behind(b':')),
                        flag("--user", Next, Behind(b':')),
                        flag("--proxy-user", Next, Behind(b':')),
                        flag("-b", Both, Behind(b'=')),
                        flag("--cookie", Next, Behind(b'=')),
                        flag("--oauth2-bearer", Next, Whole),
                        flag("--pass", Next, Whole),
                        flag("--proxy-pass", Next, Whole),
                        flag("--tlspassword", Next, Whole),
                    ]
                }
            }
            Self::Sshpass => &const { [flag("-p", Both, Whole)] },
            Self::Redis => &const { [flag("-a", Next, Whole), flag("--pass", Next, Whole)] },
            Self::Login | Self::Mongo | Self::Useradd | Self::Twine => {
                &const { [flag("-p", Both, Whole)] }
            }
            Self::Mysql | Self::SevenZip => &const { [flag("-p", Joined, Whole)] },
            Self::Zip | Self::Sqlcmd => &const { [flag("-P", Both, Whole)] },
            Self::Openssl => {
                &const {
                    [
                        flag("-passin", Next, After("pass:")),
                        flag("-passout", Next, After("pass:")),
                        flag("-pass", Next, After("pass:")),
                        flag("-k", Next, Whole),
                        flag("-K", Next, Whole),
                        flag("-hmac", Next, Whole),
                    ]
                }
            }
            Self::Ldap => &const { [flag("-w", Both, Whole)] },
            Self::Samba => {
                &const { [flag("-U", Both, Behind(b'%')), flag("--user", Next, Behind(b'%'))] }
            }
            Self::Keytool => {
                &const {
                    [
                        flag("-storepass", Next, Whole),
                        flag("-keypass", Next, Whole),
                        flag("-srcstorepass", Next, Whole),
                        flag("-deststorepass", Next, Whole),
                        flag("-srckeypass", Next, Whole),
                        flag("-destkeypass", Next, Whole),
                    ]
                }
            }
            Self::Httpie => {
                &const { [flag("-a", Both, Behind(b':')), flag("--auth", Next, Behind(b':'))] }
            }
            Self::Putty => &const { [flag("-pw", Next, Whole)] },
            Self::SshKeygen => &const { [flag("-N", Both, Whole), flag("-P", Both, Whole)] },
            Self::CreateSecret => &const { [flag("--from-literal", Next, Behind(b'='))] },
            Self::SetSecret => {
                &const {
                    [
                        flag("--value", Next, Whole),
                        flag("--body", Next, Whole),
                        flag("-b", Next, Whole),
                    ]
                }
            }
            Self::Psql | Self::Sudo => &[],
        }
    }

    /// The letters of its flags that take no value, and may stand before another in one word.
    pub(super) const fn bare(self) -> &'static str {
        match self {
            Self::Curl => "sSfLkviIgGNOJRjnqla0123456#",
            Self::Redis => "cx",
            Self::Ldap => "xLZvnMAcC",
            Self::Zip => "rqjveoT9",
            Self::Sqlcmd => "CENWv",
            Self::Httpie => "vhbfjI",
            Self::Useradd => "mMrNU",
            Self::SshKeygen => "qpyv",
            Self::Samba => "NkPEg",
            Self::Sudo => "AbBEeHiKklNnPSsVv",
            _ => "",
        }
    }

    /// Whether nothing that it is told could be run or reached: its flags are taken for flags.
    pub(super) const fn is_harmless(self) -> bool {
        matches!(self, Self::Openssl | Self::Keytool)
    }
}
