//! Checks of server URLs and host names.
//!
//! The crate `url` would add tables of internationalized host names to the module. These checks are stricter than the
//! URL standard: `tests/core/check-settings.test.ts` compares them with JavaScript's `URL`, which clients and `fetch`
//! use.

/// True for an absolute ASCII URL with one of `schemes` and a host, and without credentials, query, fragment or white
/// space. Credentials would end up in logs and in responses to clients.
pub(crate) fn is_url(text: &str, schemes: &[&str]) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    let is_clean = rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"@?#\\\"<>^`{|}".contains(&byte));
    is_clean && schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme)) && is_authority(authority)
}

/// True for a host name or an IP address to listen on. An IPv6 address has no brackets.
pub(crate) fn is_host_or_address(text: &str) -> bool {
    let address = text.split_once('%').map_or(text, |(address, _)| address);
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let is_ipv6 = address.matches(':').count() > 1 && address.bytes().all(is_part);
    is_ipv6 || (!text.starts_with('[') && is_host(text))
}

/// A host with or without a port.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
        && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        // An approximation: the parser of `core::net` would add more code than the rest of this file.
        return address.contains(':') && address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte));
    }
    // In the URL standard a host whose last label is a number is an IPv4 address.
    let last = host.strip_suffix('.').unwrap_or(host).rsplit('.').next().unwrap_or_default();
    if is_number(last) {
        return host.split('.').count() == 4 && host.split('.').all(|part| part.parse::<u8>().is_ok());
    }
    let labels = host.strip_suffix('.').unwrap_or(host);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    labels.split('.').all(|label| !label.is_empty() && label.bytes().all(is_part))
}

fn is_number(label: &str) -> bool {
    let hex = label.strip_prefix("0x").or_else(|| label.strip_prefix("0X"));
    match hex {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit()),
    }
}
