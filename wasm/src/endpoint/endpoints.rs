//! The endpoints that the host has made.

use crate::slots::Slots;
use alloc::string::String;
use livekit_edge::{
    LivekitConfig, LivekitService, Secret, UserTokenRules, WebhookVerifier,
    json::{Fields, ObjectWriter},
};

/// What one set of settings makes: both keys are prepared.
pub(crate) struct Endpoint {
    pub(crate) livekit: LivekitService,
    pub(crate) user_tokens: UserTokenRules,
    pub(crate) webhooks: Option<WebhookVerifier>,
}

pub(crate) static ENDPOINTS: Slots<Endpoint> = Slots::new();

/// Makes an endpoint and says what is to be known of it.
pub(crate) fn create(settings: &Fields<'_>) -> String {
    let setting = |name: &str| settings.text(name).ok().flatten().map(String::from);
    let endpoint = Endpoint {
        livekit: LivekitService::new(LivekitConfig::from_settings(setting)),
        user_tokens: UserTokenRules::from_settings(setting),
        webhooks: WebhookVerifier::from_settings(setting),
    };
    let short = [
        ("LIVEKIT_API_SECRET", endpoint.livekit.config().api_secret.as_ref().is_some_and(Secret::is_short)),
        ("JWT_SECRET", setting("JWT_SECRET").and_then(Secret::new).is_some_and(|secret| secret.is_short())),
    ];
    let config = endpoint.livekit.config();
    let mut description = String::new();
    let mut out = ObjectWriter::new(&mut description);
    out.flag("configured", endpoint.livekit.validate_configuration());
    out.texts("missing", config.missing());
    out.texts("misread", LivekitConfig::misread_settings(setting));
    out.texts("short", short.into_iter().filter_map(|(name, is_short)| is_short.then_some(name)));
    out.flag("userTokens", endpoint.user_tokens.key.is_some() || endpoint.user_tokens.jwks_url.is_some());
    out.text_if_any("jwksUrl", endpoint.user_tokens.jwks_url.as_deref().unwrap_or_default());
    out.flag("issuer", endpoint.user_tokens.issuer.is_some());
    out.flag("audience", endpoint.user_tokens.audience.is_some());
    out.text_if_any("url", endpoint.livekit.connection_url().unwrap_or_default());
    out.flag("jti", config.jti);
    out.number("service", ENDPOINTS.keep(endpoint));
    out.end();
    description
}
