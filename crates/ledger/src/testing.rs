//! A throw-away PostgreSQL for the tests of this and other crates (feature `testing`). Never part of a program.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Why no PostgreSQL could be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The programs are missing.
    #[error("PostgreSQL is not installed: install the package `postgresql` (looked in /usr/lib/postgresql/*/bin)")]
    NotInstalled,
    /// It did not start; the text is its own.
    #[error("PostgreSQL did not start: {0}")]
    Failed(String),
    /// A program could not be run.
    #[error("cannot run PostgreSQL's programs")]
    Io(#[from] std::io::Error),
}

/// A PostgreSQL of its own in a new folder, reachable by a Unix socket, and by TLS when asked for. It ends, and its folder goes, when this is
/// dropped or when the process that started it ends in whatever way.
pub struct Postgres {
    folder: String,
    bin: PathBuf,
    databases: AtomicU32,
    port: u16,
    shell: Child,
    stdin: Option<ChildStdin>,
}

/// Runs as an unprivileged user (initdb refuses root). The `read` ends when the starter closes the pipe or dies.
const SCRIPT: &str = r#"
    folder=$(mktemp -d /tmp/pg-XXXXXXXX) || exit 1
    if ! "$1/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C -N > "$folder/log" 2>&1; then
        cat "$folder/log"; rm -rf "$folder"; exit 1
    fi
    tls=
    if [ "$2" != 0 ]; then
        (
            cd "$folder" && echo subjectAltName=DNS:localhost > names
            key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            openssl req -x509 $key -keyout ca.key -out ca.crt -subj /CN=issuer -days 2
            openssl req $key -keyout server.key -out server.csr -subj /CN=localhost
            openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt -days 2 -extfile names
            chmod 600 server.key
        ) > "$folder/log" 2>&1
        tls="-p $2 -c ssl=on -c ssl_cert_file=$folder/server.crt -c ssl_key_file=$folder/server.key"
    fi
    "$1/postgres" -D "$folder/data" -k "$folder" -c listen_addresses=${tls:+127.0.0.1} $tls -c fsync=off \
        -c max_connections=400 > "$folder/log" 2>&1 < /dev/null &
    server=$!
    while ! "$1/pg_isready" -q -h "$folder" ${tls:+-p $2}; do
        if ! kill -0 $server 2> /dev/null; then cat "$folder/log"; rm -rf "$folder"; exit 1; fi
        sleep 0.05
    done
    echo "ready $folder"
    read -r _
    kill -QUIT $server
    wait $server
    rm -rf "$folder"
"#;

impl Postgres {
    /// Makes and starts one; takes a second or two.
    pub fn start() -> Result<Self, StartError> {
        Self::start_on(0)
    }

    /// The same, listening on this machine with a certificate for `localhost` too (see [`Postgres::over_tls`]).
    pub fn start_with_tls() -> Result<Self, StartError> {
        let free = std::net::TcpListener::bind("127.0.0.1:0")?;
        let port = free.local_addr()?.port();
        drop(free);
        Self::start_on(port)
    }

    /// The address of the first database by TCP with the certificate checked against `issuer`'s, and against the issuer's
    /// own when there is none given.
    pub fn over_tls(&self, issuer: Option<&Path>) -> String {
        let own = Path::new(&self.folder).join("ca.crt");
        let issuer = issuer.unwrap_or(&own).display();
        format!("postgres://postgres@localhost:{}/postgres?sslmode=verify-full&sslrootcert={issuer}", self.port)
    }

    /// The certificate of an issuer who signed nothing here.
    pub fn issuer_of_a_stranger(&self) -> Result<Vec<u8>, StartError> {
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        let output = command.args(["-keyout", "/dev/null", "-subj", "/CN=issuer", "-days", "2"]).output()?;
        Ok(output.stdout)
    }

    fn start_on(port: u16) -> Result<Self, StartError> {
        let bin = programs().ok_or(StartError::NotInstalled)?;
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        command.args(["-c", SCRIPT, "sh"]).arg(&bin).arg(port.to_string()).current_dir("/");
        let mut shell = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let stdin = shell.stdin.take();
        let stdout = shell.stdout.take().ok_or_else(|| StartError::Failed(String::new()))?;
        let mut reader = BufReader::new(stdout);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some(folder) = line.trim().strip_prefix("ready ") else {
            reader.read_to_string(&mut line)?;
            return Err(StartError::Failed(line));
        };
        let folder = folder.to_owned();
        Ok(Postgres { folder, bin, databases: AtomicU32::new(0), port, shell, stdin })
    }

    /// Makes an empty database; gives its URL.
    pub fn new_database(&self) -> Result<String, StartError> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.psql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(format!("postgres://postgres@localhost/{name}?host={}", self.folder))
    }

    fn psql(&self, database: &str, sql: &str) -> Result<(), StartError> {
        let output = Command::new(self.bin.join("psql"))
            .args(["-h", &self.folder, "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, database])
            .current_dir("/")
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(StartError::Failed(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.stdin.take());
        // Nothing to be done about a shell that cannot be waited for.
        let _ = self.shell.wait();
    }
}

fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists() && bin.join("postgres").exists())
        .collect();
    versions.sort();
    versions.pop()
}

/// The process's own folder in /proc belongs to the user it runs as.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|own| own.uid() == 0)
}
