//! Prepared rules with secrets.

use livekit_edge::{
    ApiCredentials, IdentityPolicy, LivekitConfig, LivekitService, Secret, SigningKey, TokenVerifier, UserTokenRules,
    WebhookVerifier,
};

/// The API key of every token.
pub const API_KEY: &str = "devkey";
/// The secret of every token.
pub const API_SECRET: &str = "a-LiveKit-secret-of-over-32-bytes";
/// Current Unix second in all checks.
pub const NOW: u64 = 1_700_000_000;

pub(super) struct Keyed {
    pub(super) credentials: ApiCredentials,
    pub(super) key: SigningKey,
    pub(super) service: LivekitService,
    pub(super) verifier: TokenVerifier,
    pub(super) webhooks: WebhookVerifier,
    /// Accepts tokens of the application.
    pub(super) users: UserTokenRules,
    /// Accepts tokens of an identity provider, for one audience and one client.
    pub(super) provider: UserTokenRules,
    /// A configuration that allows clients everything possible, and one that allows nothing.
    pub(super) configs: [LivekitConfig; 2],
}

impl Keyed {
    pub(super) fn new() -> Self {
        let secret = || Secret::new(API_SECRET).expect("not blank");
        let credentials = || ApiCredentials::new(API_KEY, API_SECRET).expect("not blank");
        let verifier = || TokenVerifier::with_credentials(&credentials());
        let config = || LivekitConfig {
            api_key: Some(API_KEY.into()),
            api_secret: Some(secret()),
            url: Some("wss://livekit.example".into()),
            ..LivekitConfig::default()
        };
        let open = LivekitConfig { can_update_own_metadata: true, agents: vec!["a".into(), "b".into()], ..config() };
        let closed = LivekitConfig { identity_policy: IdentityPolicy::Own, ..config() };
        let users = UserTokenRules {
            keys: vec![
                SigningKey::new(&Secret::new("the key that was replaced").expect("not blank")),
                SigningKey::new(&secret()),
            ],
            jwks_url: Some("https://idp.example/jwks".into()),
            refused_issuers: vec![API_KEY.into()],
            ..UserTokenRules::default()
        };
        let provider = UserTokenRules {
            jwks_url: users.jwks_url.clone(),
            issuer: Some("idp".into()),
            audiences: Some(vec!["kraken".into()]),
            clients: Some(vec!["web".into()]),
            ..UserTokenRules::default()
        };
        Self {
            credentials: credentials(),
            key: SigningKey::new(&secret()),
            service: LivekitService::new(config()),
            verifier: verifier(),
            webhooks: WebhookVerifier::new(verifier()),
            users,
            provider,
            configs: [open, closed],
        }
    }
}
