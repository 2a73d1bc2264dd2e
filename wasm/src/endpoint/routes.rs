//! Convert, call, convert back: what the routes of the endpoint ask of the rules.

use super::callers::{caller, caller_json, facts};
use crate::convert::{JsonResult, expires_at, now, object};
use alloc::{collections::BTreeMap, string::String};
use livekit_edge::{
    Facts, Granted, LivekitConfig, LivekitError, LivekitService, UserTokenRules,
    authenticate::authenticate_claims as check_claims,
    json::{Fields, Object, ObjectWriter, Value, WrongType},
    rbac::{self, client_grant},
    service::{CreateToken, RawCreateToken, RawMuteParticipant, RawTokenSource},
};

pub(super) fn write_texts(name: &str, texts: &BTreeMap<String, String>, out: &mut ObjectWriter<'_>) {
    out.object(name, |out| texts.iter().for_each(|(key, value)| out.text(key, value)));
}

pub(crate) fn authenticate_claims(arguments: &Fields<'_>, rules: &UserTokenRules) -> JsonResult {
    let payload = arguments.text("payload")?.ok_or(WrongType)?;
    Ok(check_claims(payload, rules, now(arguments)?).map(|caller| caller_json(&caller)))
}

/// `{route, caller, facts, now}` with `request` and, where the path names one, `channelId`.
pub(crate) fn authorize(arguments: &Fields<'_>, config: &LivekitConfig) -> JsonResult {
    let route = arguments.text("route")?.ok_or(WrongType)?;
    if !["mute-participant", "voice-presence"].contains(&route) {
        let facts = facts(arguments)?;
        let kind = if route == "dm-token" { "group" } else { "channel" };
        return Ok(authorize_token(arguments, &facts, config)?.map(|granted| granted_json(&granted, kind, &facts)));
    }
    let (caller, facts, now) = (caller(arguments)?, facts(arguments)?, now(arguments)?);
    let channel_id = arguments.text("channelId")?.ok_or(WrongType)?;
    Ok(if route == "voice-presence" {
        rbac::authorize_presence(&caller, channel_id, &facts, config, now).map(|()| "null".into())
    } else {
        let request = RawMuteParticipant::from_object(request(arguments)?);
        rbac::authorize_mute(&caller, channel_id, request, &facts, now).map(|request| {
            object(|out| {
                out.text("identity", &request.identity);
                out.flag("mute", request.mute);
            })
        })
    })
}

/// Of the routes that answer with a token.
fn authorize_token(
    arguments: &Fields<'_>,
    facts: &Facts,
    config: &LivekitConfig,
) -> Result<Result<Granted, LivekitError>, WrongType> {
    let (caller, request, now) = (caller(arguments)?, request(arguments)?, now(arguments)?);
    Ok(match arguments.text("route")?.ok_or(WrongType)? {
        "token" => rbac::authorize_join(&caller, RawCreateToken::from_object(request), facts, config, now),
        "dm-token" => rbac::authorize_group(&caller, RawCreateToken::from_object(request), facts, config),
        "token-source" => RawTokenSource::from_object(request)
            .and_then(|request| rbac::authorize_token_source(&caller, request, facts, config, now)),
        _ => return Err(WrongType),
    })
}

fn request<'a>(arguments: &'a Fields<'_>) -> Result<&'a Object<'a>, WrongType> {
    match arguments.value("request") {
        Some(Value::Object(request)) => Ok(request),
        _ => Err(WrongType),
    }
}

/// What [`authorize`] grants, minted at once: no application's own table of grants comes between.
pub(crate) fn authorize_and_generate(service: &LivekitService, arguments: &Fields<'_>, random: &[u8]) -> JsonResult {
    let (facts, now) = (facts(arguments)?, now(arguments)?);
    let granted = authorize_token(arguments, &facts, service.config())?;
    Ok(granted.and_then(|granted| generate(service, &granted, now, random)))
}

fn granted_json(granted: &Granted, kind: &str, facts: &Facts) -> String {
    let Granted { request, grant, metadata, attributes, timed_out } = granted;
    object(|out| {
        out.text("roomId", &request.room_id);
        out.text("identity", &request.identity);
        if let Some(name) = &request.name {
            out.text("name", name);
        }
        if let Some(ttl) = request.ttl {
            out.number("ttl", ttl);
        }
        out.text_if_any("metadata", metadata);
        write_texts("attributes", attributes, out);
        out.member("grant", |out| out.push_str(&grant.to_json()));
        out.object("facts", |out| {
            out.text("kind", kind);
            out.text("roomId", &request.room_id);
            out.text("identity", &request.identity);
            out.flag("isTimedOut", *timed_out);
            write_facts(facts, out);
        });
    })
}

/// What an application's own table of grants may look at.
fn write_facts(facts: &Facts, out: &mut ObjectWriter<'_>) {
    if let Some(user) = &facts.user {
        out.text("userId", &user.id);
        out.flag("isOwner", user.owner);
    }
    let channel = facts.channel.as_ref();
    out.flag("isPrivate", channel.is_some_and(|channel| channel.private));
    out.flag("isMember", channel.map_or(facts.group_id.is_some(), |channel| channel.member));
    out.texts("actions", channel.map(|channel| channel.actions.as_slice()).unwrap_or_default());
}

/// `{granted, now}` and, after it in the input, sixteen random bytes or none → `{roomId, identity, token,
/// expiresAt, jti?}`.
pub(crate) fn generate_granted(service: &LivekitService, arguments: &Fields<'_>, random: &[u8]) -> JsonResult {
    let now = now(arguments)?;
    let granted = Fields::of(arguments.value("granted").ok_or(WrongType)?)?;
    let request = CreateToken {
        room_id: granted.text("roomId")?.ok_or(WrongType)?.into(),
        identity: granted.text("identity")?.ok_or(WrongType)?.into(),
        name: granted.text("name")?.map(Into::into),
        ttl: granted.whole_number("ttl")?,
    };
    let attributes = match granted.value("attributes") {
        None => BTreeMap::new(),
        Some(Value::Object(object)) => object.texts().ok_or(WrongType)?,
        Some(_) => return Err(WrongType),
    };
    let metadata = granted.text("metadata")?.unwrap_or_default().into();
    let Some(Value::Object(grant)) = granted.value("grant") else {
        return Ok(Err(LivekitError::GrantRefused("type")));
    };
    Ok(client_grant(grant, &request.room_id).and_then(|grant| {
        let granted = Granted { request, grant, metadata, attributes, timed_out: false };
        generate(service, &granted, now, random)
    }))
}

fn generate(service: &LivekitService, granted: &Granted, now: u64, random: &[u8]) -> Result<String, LivekitError> {
    let response = service.generate_granted(granted, now, random.first_chunk().copied())?;
    expires_at(response.expires_at)?;
    Ok(object(|out| {
        out.text("roomId", &response.room_id);
        out.text("identity", &response.identity);
        out.text("token", &response.token);
        out.number("expiresAt", response.expires_at);
        out.text_if_any("jti", response.jti.as_deref().unwrap_or_default());
    }))
}

/// `{room, now}` → a token text.
pub(crate) fn generate_admin_token(arguments: &Fields<'_>, service: &LivekitService) -> JsonResult {
    let room = arguments.text("room")?.ok_or(WrongType)?;
    Ok(service.generate_admin_token(room, now(arguments)?))
}
