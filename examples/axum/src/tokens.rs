//! User token and request → LiveKit token.

use livekit_edge::{
    CreateToken, ForbiddenReason, Identity, LivekitConfig, LivekitError, LivekitService, RawCreateToken, RoomName,
    TokenResponse, UserTokenRules,
    setting::Settings,
    user_token::{Caller, authenticate},
};

/// The settings, parsed once for all requests.
pub struct Tokens {
    service: LivekitService,
    users: UserTokenRules,
}

impl Tokens {
    /// Parses the settings `LIVEKIT_*` and `JWT_*`.
    pub fn from_settings(setting: Settings<'_>) -> Self {
        let config = LivekitConfig::from_settings(setting);
        // A LiveKit token must not be accepted as a user token, even if one secret signs both.
        let users = UserTokenRules::from_settings(setting).refuse_livekit_tokens(&config);
        Self { service: LivekitService::new(config), users }
    }

    /// Issues the LiveKit token for a request.
    ///
    /// # Errors
    /// The reason why the request is refused.
    pub fn issue(
        &self,
        user_token: &str,
        body: &[u8],
        now: Result<u64, LivekitError>,
    ) -> Result<TokenResponse, LivekitError> {
        let now = now?;
        let caller = authenticate(user_token, &self.users, now)?;
        let request = RawCreateToken::from_body(body)?.validate(self.service.config().max_ttl)?;
        let own = Identity::new(caller.user_id.as_str()).map_err(|_| LivekitError::TokenGeneration)?;
        let identity = request.identity.unwrap_or_else(|| own.clone());
        if identity != own {
            return Err(LivekitError::Forbidden(ForbiddenReason::IdentityTaken));
        }
        may_join(&caller, &request.room_id)?;
        let request =
            CreateToken { room_id: request.room_id, identity, name: request.name, ttl: request.ttl, server: None };
        self.service.generate_token(request, now, None)
    }
}

/// Your own rule: here every user may join the rooms whose name starts with `lounge-`.
fn may_join(_: &Caller, room: &RoomName) -> Result<(), LivekitError> {
    if room.as_str().starts_with("lounge-") {
        Ok(())
    } else {
        Err(LivekitError::Forbidden(ForbiddenReason::UnknownChannel))
    }
}
