//! URLs of LiveKit servers.

/// True for a URL that LiveKit's clients and `fetch` accept as a server: `wss`, `ws`, `https` or `http`, a host, an optional port
/// and path, all in ASCII (RFC 3986). No user name or password, which `fetch` refuses, and no query or fragment.
#[must_use]
pub fn is_server_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let is_scheme = ["wss", "ws", "https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"@?#\\\"<>^`{|}".contains(&byte);
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    is_scheme && rest.bytes().all(is_plain) && is_authority(authority)
}

fn is_authority(authority: &str) -> bool {
    // An IPv6 address is in brackets, and has colons of its own.
    let (is_host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, "")) => (is_ipv6(address), None),
            Some((address, port)) => (is_ipv6(address) && port.starts_with(':'), port.get(1..)),
            None => return false,
        },
        None => match authority.split_once(':') {
            Some((host, port)) => (is_host_name(host), Some(port)),
            None => (is_host_name(authority), None),
        },
    };
    is_host && port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

/// The characters of an IPv6 address. Not its grammar: a parser would add kilobytes to the module for a rare mistake.
fn is_ipv6(address: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    address.contains(':') && address.bytes().all(is_part)
}

/// Labels of letters, digits, hyphens and underscores.
fn is_host_name(host: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let labels = host.strip_suffix('.').unwrap_or(host);
    labels.split('.').all(|label| !label.is_empty() && label.bytes().all(is_part))
}
