//! Settings: errors contain no value, and no value exceeds its maximum.

use super::{CANARY, Checks};
use livekit_edge::{
    LivekitConfig, LivekitService, Severity, Ttl, UserTokenRules,
    check_settings::{check_settings, parse_database_url},
    servers::is_server_url,
    user_token::{MAX_LEEWAY, MAX_SECRETS},
};

/// Parses lines of `NAME=value`, in which `\n` stands for a line feed and `~` for a secret.
pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    let text = String::from_utf8_lossy(input).replace('~', CANARY);
    let lines: Vec<_> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let value =
        |name: &str| lines.iter().find(|(known, _)| *known == name).map(|(_, value)| value.replace("\\n", "\n"));

    let errors = check_settings(&value, lines.iter().map(|(name, _)| *name));
    for error in &errors {
        assert!(!error.message().contains(CANARY), "{error}");
    }
    let config = LivekitConfig::from_settings(&value);
    for (error, listed) in config.errors.iter().zip(errors.iter().filter(|error| error.code() != "missing")) {
        assert_eq!(error, listed);
    }
    check_ttl(&config);
    check_users(&value, &config);
    let is_healthy = errors.iter().all(|error| error.severity() == Severity::Advice);
    let service = LivekitService::new(config);
    for server in service.servers().as_slice() {
        // With an invalid URL for clients, tokens are still issued, and the error is listed.
        let is_listed = errors.iter().any(|error| error.setting() == "LIVEKIT_URL");
        assert!(server.internal_url.as_deref().is_none_or(is_server_url), "{server:?}");
        assert!(server.url.as_deref().is_none_or(is_server_url) || is_listed, "{server:?}");
        assert!(!server.keys.signer().api_key().trim().is_empty(), "{server:?}");
    }
    assert!(!is_healthy || service.validate_configuration(), "{errors:?}");
    let debug = format!("{service:?}");
    assert!(
        value("LIVEKIT_API_SECRET").is_none_or(|secret| !secret.contains(CANARY))
            || !in_secret_alone(&lines)
            || !debug.contains(CANARY),
        "{debug}"
    );
    checks.option("settings", is_healthy.then_some(()));
    checks.option("service", service.check_configured().ok());

    let address = parse_database_url(&text);
    if let Err(error) = &address {
        assert!(!error.message().contains(CANARY), "{error}");
    }
    checks.option("database", address.ok());
}

/// True if the canary occurs only in values of secrets, because keys and URLs are not redacted.
fn in_secret_alone(lines: &[(&str, &str)]) -> bool {
    lines.iter().all(|(name, value)| *name == "LIVEKIT_API_SECRET" || !value.contains(CANARY))
}

fn check_ttl(config: &LivekitConfig) {
    for ttl in [config.token_ttl, config.max_ttl] {
        assert!((1..=Ttl::MAX_SECONDS).contains(&ttl.seconds()), "{ttl:?}");
    }
}

fn check_users(value: &dyn Fn(&str) -> Option<String>, config: &LivekitConfig) {
    let rules = UserTokenRules::from_settings(value).refuse_livekit_tokens(config);
    assert!(rules.leeway <= MAX_LEEWAY && rules.keys.len() <= MAX_SECRETS + 2, "{rules:?}");
    assert_eq!(rules.refuses_other_issuers, !config.errors.is_empty());
    for server in config.servers.as_slice() {
        for credentials in server.keys.iter() {
            assert!(rules.refused_issuers.iter().any(|issuer| issuer == credentials.api_key()), "{rules:?}");
        }
    }
    assert!(!format!("{:?}", rules.keys).contains(CANARY));
}
