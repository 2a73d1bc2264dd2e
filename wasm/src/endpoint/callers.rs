//! Convert, call, convert back: who asks, and what the store knows of them.

use crate::convert::{JsonResult, object};
use alloc::{string::String, vec::Vec};
use livekit_edge::{
    Caller, Facts, LivekitError, TokenFault, UserTokenRules,
    authenticate::authenticate as authenticate_token,
    json::{Fields, WrongType},
    rbac, whole_seconds,
};

pub(crate) fn authenticate(token: &[u8], rules: &UserTokenRules, now: f64) -> Result<Vec<u8>, LivekitError> {
    let malformed = LivekitError::Unauthorized(TokenFault::Malformed);
    let token = core::str::from_utf8(token).map_err(|_| malformed)?;
    let now = whole_seconds(now).ok_or(LivekitError::TokenGeneration)?;
    authenticate_token(token, rules, now).map(|caller| caller_json(&caller).into_bytes())
}

pub(crate) fn caller_json(caller: &Caller) -> String {
    object(|out| {
        out.text("userId", &caller.user_id);
        out.text_if_any("tokenId", caller.token_id.as_deref().unwrap_or_default());
    })
}

pub(crate) fn admit(arguments: &Fields<'_>) -> JsonResult {
    let (caller, facts) = (caller(arguments)?, facts(arguments)?);
    Ok(rbac::admit(&caller, &facts).map(|_| "null".into()))
}

pub(crate) fn caller(arguments: &Fields<'_>) -> Result<Caller, WrongType> {
    let caller = Fields::of(arguments.value("caller").ok_or(WrongType)?)?;
    Ok(Caller {
        user_id: caller.text("userId")?.ok_or(WrongType)?.into(),
        token_id: caller.text("tokenId")?.map(Into::into),
    })
}

pub(crate) fn facts(arguments: &Fields<'_>) -> Result<Facts, WrongType> {
    Facts::from_row(&Fields::of(arguments.value("facts").ok_or(WrongType)?)?)
}
