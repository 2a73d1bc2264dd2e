//! Parses `DATABASE_URL`, the URL of a PostgreSQL database, into an address and options of the driver.
//!
//! URLs for Prisma, libpq and hosting companies contain parameters that the driver does not know. The driver would send
//! these to PostgreSQL, which rejects connections with an unknown parameter. So each parameter is converted, ignored or
//! reported as an error.

use crate::setting::{parse_boolean, parse_integer};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// How to connect to a PostgreSQL database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseUrl {
    /// The address without its parameters.
    pub address: String,
    /// Folder of a Unix socket, instead of the host of the address.
    pub host: Option<String>,
    /// TLS mode: `false`, `allow`, `prefer`, `require` (any certificate) or `verify-full`; `None` for the driver's
    /// default.
    pub ssl: Option<&'static str>,
    /// True to start TLS immediately, without PostgreSQL's `SSLRequest`.
    pub direct_ssl: bool,
    /// False if a connection pooler does not support prepared statements.
    pub prepare: bool,
    /// Maximum number of connections.
    pub max: Option<u64>,
    /// Maximum lifetime of a connection in seconds.
    pub max_lifetime: Option<u64>,
    /// `target_session_attrs`: the kind of server to connect to, of several hosts.
    pub target_session_attrs: Option<&'static str>,
    /// Run-time parameters of PostgreSQL, sent when a connection starts.
    pub parameters: Vec<(String, String)>,
}

/// Why a URL is invalid. An error contains no part of the URL, which has a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// Not a URL of a PostgreSQL database.
    NotPostgres,
    /// The user name or password contains an unescaped `#` or `/`.
    Unescaped,
    /// The parameter at this position, counted from 1, is unknown.
    UnknownParameter(usize),
    /// The parameter at this position, counted from 1, has an invalid value.
    InvalidParameter(usize),
}

/// Parameters of Prisma, postgres.js and libpq that are ignored: the endpoint has its own timeouts, always uses UTF-8,
/// and fetches no types from the database.
const IGNORED: [&str; 26] = [
    "backoff",
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "debug",
    "fallback_application_name",
    "fetch_types",
    "gssencmode",
    "idle_timeout",
    "keep_alive",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "max_connection_lifetime",
    "max_idle_connection_lifetime",
    "max_idle_connections",
    "max_pipeline",
    "pool_timeout",
    "publications",
    "single_use_connections",
    "socket_timeout",
    "supa",
    "tcp_user_timeout",
    "uselibpqcompat",
];

/// Run-time parameters of PostgreSQL that a URL may set. Those of extensions, whose names contain a dot, are allowed
/// too.
const POSTGRESQL: [&str; 14] = [
    "application_name",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "jit",
    "lock_timeout",
    "options",
    "role",
    "search_path",
    "statement_timeout",
    "timezone",
    "transaction_timeout",
    "work_mem",
];

/// Values of `target_session_attrs` besides `any`.
const SESSION_ATTRS: [&str; 5] = ["read-write", "read-only", "primary", "standby", "prefer-standby"];

impl DatabaseUrl {
    /// Parses a URL such as `postgres://user:password@host/database?schema=public`.
    ///
    /// # Errors
    /// [`DatabaseUrlError`]
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        let text = text.trim();
        let (address, query) = text.split_once('?').unwrap_or((text, ""));
        let (scheme, rest) = address.split_once("://").ok_or(DatabaseUrlError::NotPostgres)?;
        let is_postgres = ["postgres", "postgresql"].iter().any(|known| known.eq_ignore_ascii_case(scheme));
        if !is_postgres || rest.chars().any(|character| character.is_whitespace() || character.is_control()) {
            return Err(DatabaseUrlError::NotPostgres);
        }
        check_authority(rest)?;
        if query.contains('#') {
            return Err(DatabaseUrlError::Unescaped);
        }
        let mut url = Self { address: address.into(), prepare: true, ..Self::default() };
        let mut is_strict = false;
        for (index, (name, value)) in form_urlencoded::parse(query.as_bytes()).enumerate() {
            let position = index.saturating_add(1);
            let invalid = DatabaseUrlError::InvalidParameter(position);
            // Names of run-time parameters ignore case: `TimeZone`.
            match name.to_ascii_lowercase().as_str() {
                "sslmode" | "ssl" => url.ssl = Some(parse_ssl(&value).ok_or(invalid)?),
                "sslaccept" if value == "accept_invalid_certs" => {}
                "sslaccept" if value != "strict" => return Err(invalid),
                "sslrootcert" if value != "system" => return Err(invalid),
                "sslaccept" | "sslrootcert" => is_strict = true,
                "sslnegotiation" => url.direct_ssl = parse_negotiation(&value).ok_or(invalid)?,
                "schema" => url.set("search_path", quoted(&value).ok_or(invalid)?),
                "connection_limit" | "max" => url.max = Some(parse_integer(&value, 1..=10_000).ok_or(invalid)?),
                "max_lifetime" => url.max_lifetime = Some(parse_integer(&value, 1..=1_000_000).ok_or(invalid)?),
                "prepare" => url.prepare &= parse_boolean(&value).ok_or(invalid)?,
                "pgbouncer" => url.prepare &= !parse_boolean(&value).ok_or(invalid)?,
                "statement_cache_size" => url.prepare &= parse_integer(&value, 0..=u64::MAX).ok_or(invalid)? > 0,
                "host" if value.starts_with('/') => url.host = Some(value.into_owned()),
                "target_session_attrs" if value == "any" => {}
                "target_session_attrs" => {
                    url.target_session_attrs =
                        Some(SESSION_ATTRS.into_iter().find(|known| *known == value).ok_or(invalid)?);
                }
                name if IGNORED.contains(&name) => {}
                name if POSTGRESQL.contains(&name) || name.contains('.') => {
                    if name.contains('\0') || value.contains('\0') {
                        return Err(invalid);
                    }
                    url.set(name, value.into_owned());
                }
                _ => return Err(DatabaseUrlError::UnknownParameter(position)),
            }
        }
        // `sslaccept=strict` and `sslrootcert=system` require a valid certificate, unless `sslmode` turns TLS off.
        if is_strict && url.ssl != Some("false") {
            url.ssl = Some("verify-full");
        }
        Ok(url)
    }

    fn set(&mut self, name: &str, value: String) {
        self.parameters.retain(|(known, _)| known != name);
        self.parameters.push((name.to_string(), value));
    }
}

/// Checks the part after the scheme. An unescaped `#` or `/` in a password would end the authority too early.
fn check_authority(rest: &str) -> Result<(), DatabaseUrlError> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let are_valid = hosts.split(',').all(has_valid_port);
    if rest.contains('#') || is_cut(authority, path) || (!are_valid && path.contains('@')) {
        return Err(DatabaseUrlError::Unescaped);
    }
    if are_valid { Ok(()) } else { Err(DatabaseUrlError::NotPostgres) }
}

/// True if an unescaped `/` in the password ends the authority, as in `user:12/34@host/database`: `user:12` looks like
/// a host and a port, but is the user name and the start of the password.
fn is_cut(authority: &str, path: &str) -> bool {
    path.rsplit_once('@').is_some_and(|(_, after)| !authority.contains('@') || after.contains('/'))
}

/// True for a host without a port, or with a port of digits.
fn has_valid_port(host: &str) -> bool {
    let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
    port.is_none_or(|port| port.is_empty() || parse_integer(port, 0..=65_535).is_some())
}

/// Parses `sslnegotiation`: true for `direct`.
fn parse_negotiation(value: &str) -> Option<bool> {
    match value {
        "direct" => Some(true),
        "postgres" => Some(false),
        _ => None,
    }
}

fn parse_ssl(value: &str) -> Option<&'static str> {
    match value {
        "disable" | "false" => Some("false"),
        "allow" => Some("allow"),
        "prefer" => Some("prefer"),
        "require" | "no-verify" => Some("require"),
        // The driver has no mode that checks only the certificate authority, so that the host name is checked too.
        "verify-ca" | "verify-full" | "true" => Some("verify-full"),
        _ => None,
    }
}

/// Quotes a schema's name for PostgreSQL's `search_path`; `None` for a name that no schema can have.
fn quoted(schema: &str) -> Option<String> {
    let is_name = !schema.is_empty() && schema.len() < 64 && !schema.contains('\0');
    is_name.then(|| ["\"", &schema.replace('"', "\"\""), "\""].concat())
}
