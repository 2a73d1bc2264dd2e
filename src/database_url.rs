//! `DATABASE_URL`: address of a PostgreSQL database → address and options of the driver.
//!
//! Prisma, hosting companies and libpq put parameters into it that a driver does not know. PostgreSQL refuses every connection
//! that names an unknown one, so each parameter is mapped, ignored or reported.

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
    /// TLS: `false`, `allow`, `prefer`, `require` (any certificate) or `verify-full`; `None` for the default of the driver.
    pub ssl: Option<&'static str>,
    /// True to start TLS without asking the server first.
    pub direct_ssl: bool,
    /// False behind a pooler that does not know prepared statements.
    pub prepare: bool,
    /// Maximum number of connections.
    pub max: Option<u64>,
    /// Seconds after which a connection is replaced.
    pub max_lifetime: Option<u64>,
    /// Which of several servers is used.
    pub target_session_attrs: Option<&'static str>,
    /// Settings of PostgreSQL, sent when a connection starts.
    pub parameters: Vec<(String, String)>,
}

/// Why an address cannot be used. Neither the address nor a part of it is in an error: it contains a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DatabaseUrlError {
    /// Not an address of a PostgreSQL database.
    NotPostgres,
    /// User name or password has a character that ends them in a URL: `#` or `/`.
    Unescaped,
    /// The parameter at this position, from 1, is unknown.
    UnknownParameter(usize),
    /// The parameter at this position, from 1, has an invalid value.
    InvalidParameter(usize),
}

/// Ignored parameters of Prisma, postgres.js and libpq: the endpoint has a timeout of its own, encodes in UTF-8, and needs no
/// types of the database.
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

/// Settings of PostgreSQL that an address may set, besides those of extensions, which have a dot in their names.
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
    /// Parses an address such as `postgres://user:password@host/database?schema=public`.
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
            // The names of PostgreSQL's settings are the same in any case: `TimeZone`.
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

/// Checks what comes after the scheme. A password with `#` or `/` would be cut there, and the rest of the URL with it.
fn check_authority(rest: &str) -> Result<(), DatabaseUrlError> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let are_valid = hosts.split(',').all(has_valid_port);
    if rest.contains('#') || is_cut(authority, path) || (!are_valid && path.contains('@')) {
        return Err(DatabaseUrlError::Unescaped);
    }
    if are_valid { Ok(()) } else { Err(DatabaseUrlError::NotPostgres) }
}

/// True if the host comes after the `/` that ends the authority, as in `user:12/34@host/database`: what is before it looks like a
/// host with a port, but is the user name and the beginning of the password.
fn is_cut(authority: &str, path: &str) -> bool {
    path.rsplit_once('@').is_some_and(|(_, after)| !authority.contains('@') || after.contains('/'))
}

/// True for a host with a port of digits, or without one.
fn has_valid_port(host: &str) -> bool {
    let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
    port.is_none_or(|port| port.is_empty() || parse_integer(port, 0..=65_535).is_some())
}

/// How TLS starts: true without asking the server first.
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
        // The driver cannot check the authority alone.
        "verify-ca" | "verify-full" | "true" => Some("verify-full"),
        _ => None,
    }
}

/// A name as PostgreSQL's search path has it; `None` for one that no schema can have.
fn quoted(schema: &str) -> Option<String> {
    let is_name = !schema.is_empty() && schema.len() < 64 && !schema.contains('\0');
    is_name.then(|| ["\"", &schema.replace('"', "\"\""), "\""].concat())
}
