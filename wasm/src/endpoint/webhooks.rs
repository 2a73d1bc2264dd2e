//! Convert, call, convert back: LiveKit's webhooks.

use crate::convert::{JsonResult, now, object};
use alloc::string::String;
use livekit_edge::{
    LivekitError, TokenFault, WebhookVerifier,
    json::{Fields, ObjectWriter, WrongType},
    presence::{PresenceChange, PresenceKind, PresentParticipant},
};

/// `{authorization, now}` → `null` for the token of a webhook, whatever its body.
pub(crate) fn check_webhook(arguments: &Fields<'_>, verifier: Option<&WebhookVerifier>) -> JsonResult {
    let (authorization, now) = (arguments.text("authorization")?.ok_or(WrongType)?, now(arguments)?);
    let not_configured = LivekitError::Unauthorized(TokenFault::NotConfigured);
    let checked = verifier
        .ok_or(not_configured)
        .and_then(|verifier| verifier.verify_sender(authorization, now).map_err(LivekitError::as_unauthorized));
    Ok(checked.map(|()| "null".into()))
}

/// `{authorization, now}`, and the body after it → the change of presence, or `null`.
pub(crate) fn read_webhook(arguments: &Fields<'_>, body: &[u8], verifier: Option<&WebhookVerifier>) -> JsonResult {
    let (authorization, now) = (arguments.text("authorization")?.ok_or(WrongType)?, now(arguments)?);
    let not_configured = LivekitError::Unauthorized(TokenFault::NotConfigured);
    let checked = verifier.ok_or(not_configured).and_then(|verifier| {
        verifier.verify(body, authorization, now).map_err(LivekitError::as_unauthorized)?;
        PresenceChange::from_body(body)
    });
    Ok(checked.map(|change| change.map_or("null".into(), |change| change_json(&change))))
}

fn change_json(change: &PresenceChange) -> String {
    let (kind, participant) = match &change.kind {
        PresenceKind::Joined(participant) => ("joined", Some(participant)),
        PresenceKind::Left(participant) => ("left", Some(participant)),
        PresenceKind::Ended => ("ended", None),
    };
    object(|out| {
        out.text("eventId", &change.event_id);
        out.number("createdAt", change.created_at);
        out.text("change", kind);
        out.text("room", &change.room);
        out.text("roomSid", &change.room_sid);
        match participant {
            Some(participant) => out.object("participant", |out| write_participant(participant, out)),
            None => out.member("participant", |out| out.push_str("null")),
        }
    })
}

fn write_participant(participant: &PresentParticipant, out: &mut ObjectWriter<'_>) {
    out.text("sid", &participant.sid);
    out.text("identity", &participant.identity);
    out.text("name", &participant.name);
}
