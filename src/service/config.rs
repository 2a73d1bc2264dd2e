//! What an operator sets.

use crate::{
    jws::Secret,
    number::parse_whole,
    rbac::{GrantPolicy, IdentityPolicy},
};
use alloc::{string::String, vec::Vec};

/// Life of a token that no one set one for, in seconds.
pub const DEFAULT_TOKEN_TTL: u64 = 3600;

/// Longest life of a token unless another is set, in seconds.
pub const DEFAULT_MAX_TTL: u64 = 86_400;

/// A setting above this many seconds (136 years) counts as this many, so that no sum of times overflows. One that is no
/// `u64` is not understood.
const LONGEST_TTL: u64 = u32::MAX as u64;

/// Configuration of [`LivekitService`](super::LivekitService). A missing credential is a state, not an error:
/// the service then reports itself unconfigured and mints nothing.
#[derive(Debug)]
pub struct LivekitConfig {
    /// `LIVEKIT_API_KEY`
    pub api_key: Option<String>,
    /// `LIVEKIT_API_SECRET`
    pub api_secret: Option<Secret>,
    /// `LIVEKIT_URL`: where clients connect to. Tokens are minted without it too.
    pub url: Option<String>,
    /// `LIVEKIT_TOKEN_TTL`: seconds a token lives if the request sets none; never more than `max_ttl`.
    pub token_ttl: u64,
    /// `LIVEKIT_MAX_TTL`: most seconds a request may set.
    pub max_ttl: u64,
    /// `LIVEKIT_IDENTITY_POLICY`: under which identity callers of the endpoint may join.
    pub identity_policy: IdentityPolicy,
    /// `LIVEKIT_GRANTS`: how grants follow from what callers of the endpoint may do.
    pub grants: GrantPolicy,
    /// `LIVEKIT_CAN_UPDATE_OWN_METADATA`: whether participants may change their own name and metadata.
    pub can_update_own_metadata: bool,
    /// `LIVEKIT_TOKEN_JTI`: whether every token carries a random `jti`; minting then needs random bytes.
    pub jti: bool,
}

impl Default for LivekitConfig {
    fn default() -> Self {
        Self {
            api_key: None,
            api_secret: None,
            url: None,
            token_ttl: DEFAULT_TOKEN_TTL,
            max_ttl: DEFAULT_MAX_TTL,
            identity_policy: IdentityPolicy::default(),
            grants: GrantPolicy::default(),
            can_update_own_metadata: false,
            jti: false,
        }
    }
}

impl LivekitConfig {
    /// Reads the settings by name from wherever they are, for example an environment. A blank setting counts as
    /// unset, and so does a duration that is not a whole number of seconds from 1 up.
    pub fn from_settings(setting: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| setting(name).filter(|text| !text.trim().is_empty());
        let seconds = |name| text(name).and_then(|text| read_seconds(&text));
        let flag = |name| text(name).and_then(|text| read_flag(&text)).unwrap_or(false);
        Self {
            api_key: text("LIVEKIT_API_KEY"),
            api_secret: text("LIVEKIT_API_SECRET").and_then(Secret::new),
            url: text("LIVEKIT_URL"),
            token_ttl: seconds("LIVEKIT_TOKEN_TTL").unwrap_or(DEFAULT_TOKEN_TTL),
            max_ttl: seconds("LIVEKIT_MAX_TTL").unwrap_or(DEFAULT_MAX_TTL),
            identity_policy: IdentityPolicy::from_setting(text("LIVEKIT_IDENTITY_POLICY").as_deref()),
            grants: text("LIVEKIT_GRANTS").and_then(|name| GrantPolicy::from_name(&name)).unwrap_or_default(),
            can_update_own_metadata: flag("LIVEKIT_CAN_UPDATE_OWN_METADATA"),
            jti: flag("LIVEKIT_TOKEN_JTI"),
        }
    }

    /// Names of the settings that are set to something that does not say what they ask, so that another value applies:
    /// the default, or for the identity policy the stricter.
    pub fn misread_settings(setting: impl Fn(&str) -> Option<String>) -> Vec<&'static str> {
        let is_misread = |name, is_readable: fn(&str) -> bool| {
            setting(name).is_some_and(|text| !text.trim().is_empty() && !is_readable(&text)).then_some(name)
        };
        let is_seconds = |text: &str| read_seconds(text).is_some();
        let is_flag = |text: &str| read_flag(text).is_some();
        [
            is_misread("LIVEKIT_TOKEN_TTL", is_seconds),
            is_misread("LIVEKIT_MAX_TTL", is_seconds),
            is_misread("LIVEKIT_IDENTITY_POLICY", |text| matches!(text.trim(), "preserve" | "own")),
            is_misread("LIVEKIT_GRANTS", |text| GrantPolicy::from_name(text).is_some()),
            is_misread("LIVEKIT_CAN_UPDATE_OWN_METADATA", is_flag),
            is_misread("LIVEKIT_TOKEN_JTI", is_flag),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Where clients connect to, if configured.
    #[must_use]
    pub fn connection_url(&self) -> Option<&str> {
        self.url.as_deref().filter(|url| !is_blank(Some(url)))
    }

    /// Names of the required settings that are missing or blank, in the order key, secret, URL.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        [
            ("LIVEKIT_API_KEY", is_blank(self.api_key.as_deref())),
            ("LIVEKIT_API_SECRET", self.api_secret.is_none()),
            ("LIVEKIT_URL", self.connection_url().is_none()),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect()
    }
}

/// Whole seconds from 1 up.
fn read_seconds(text: &str) -> Option<u64> {
    let seconds = parse_whole(text.trim()).filter(|seconds| *seconds >= 1)?;
    Some(seconds.min(LONGEST_TTL))
}

fn read_flag(text: &str) -> Option<bool> {
    match text.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn is_blank(setting: Option<&str>) -> bool {
    setting.is_none_or(|text| text.trim().is_empty())
}
