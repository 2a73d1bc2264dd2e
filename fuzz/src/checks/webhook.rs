//! Webhooks: only the signed body is verified, and presence changes according to the body or to LiveKit's list.

use super::{Checks, NOW, recording, token::claim};
use base64::{Engine, engine::general_purpose::STANDARD};
use livekit_edge::{
    AccessToken, Claims,
    presence::{MAX_CLOCK_SKEW, PresenceChange, PresenceKind},
    reconciliation::Reconciliation,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) fn check(checks: &mut Checks, input: &[u8]) {
    check_signature(checks, input);
    let change = PresenceChange::from_body(input, NOW);
    if let Ok(Some(change)) = &change {
        let body: Value = serde_json::from_slice(input).expect("strict JSON is JSON");
        check_change(change, &body);
    }
    if let Some(change) = checks.result("presence", change) {
        checks.option("change", change);
    }
    let list = Reconciliation::from_json(Some(SID), input, b"[]", NOW).ok();
    if let Some(list) = &list {
        check_list(list, input);
    }
    checks.option("list", list);
    recording::check(checks, input);
}

/// Id of a room session.
const SID: &str = "RM_1";

/// Checks a comparison with an empty store: after the listed participants are stored, nothing is left to change.
fn check_list(list: &Reconciliation, input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    assert!(list.missing.is_empty(), "nothing was stored: {text}");
    let stored = list.joined.iter().map(|listed| {
        assert!(listed.joined_at <= NOW + MAX_CLOCK_SKEW && !listed.participant.identity.is_empty(), "{text}");
        json!({"roomSid": SID, "participantSid": listed.participant.sid, "changedAt": listed.joined_at})
    });
    let stored = Value::from_iter(stored).to_string();
    let compare = |sid| Reconciliation::from_json(sid, input, stored.as_bytes(), NOW);
    assert_eq!(compare(Some(SID)), Ok(Reconciliation::default()), "{text}");
    let restarted = compare(Some("RM_2")).expect("the same lists");
    assert_eq!(restarted.missing.len(), list.joined.len(), "{text}");
}

fn check_signature(checks: &mut Checks, body: &[u8]) {
    let claims = Claims { sha256: STANDARD.encode(Sha256::digest(body)), ..Claims::default() };
    let token =
        AccessToken::with_credentials(&checks.keyed.credentials).claims(claims).to_jwt(NOW).expect("valid claims");
    let webhooks = &checks.keyed.webhooks;
    let scheme = ["", "Bearer ", "bearer "][body.len() % 3];
    let authorization = format!("{scheme}{token}");
    assert_eq!(webhooks.verify(body, &authorization, NOW), Ok(()));
    let longer = [body, b" "].concat();
    let other = body.get(1..).filter(|_| body.len().is_multiple_of(2)).unwrap_or(&longer);
    assert!(webhooks.verify(other, &authorization, NOW).is_err(), "another body");
    // The body as the header, and as the claims of a signed header.
    let text = String::from_utf8_lossy(body);
    assert!(webhooks.verify(b"", &text, NOW).is_err() && webhooks.verify_sender(&text, NOW).is_err(), "{text}");
    let signed = livekit_edge::jws::sign(body, &checks.keyed.key);
    let sender = webhooks.verify_sender(&signed, NOW);
    if sender.is_ok() {
        let claims: Value = serde_json::from_slice(body).expect("strict JSON is JSON");
        let digest = claim(&claims, "sha256").and_then(Value::as_str).map(|digest| STANDARD.decode(digest));
        assert!(matches!(digest, Some(Ok(digest)) if digest.len() == 32), "{claims}");
    }
    checks.result("sender", sender);
}

/// Checks a change with a literal implementation on the body.
fn check_change(change: &PresenceChange, body: &Value) {
    let event = body.get("event").and_then(Value::as_str).unwrap_or_default();
    let string =
        |object: Option<&Value>, name: &str| object.and_then(|object| object.get(name)?.as_str()).map(String::from);
    let (room, participant) = (body.get("room"), body.get("participant"));
    assert_eq!(Some(&change.event_id), string(Some(body), "id").as_ref());
    assert_eq!(
        (Some(&change.room), Some(&change.room_sid)),
        (string(room, "name").as_ref(), string(room, "sid").as_ref())
    );
    let happened = match &change.kind {
        PresenceKind::Joined(joined) => Some((joined, &["participant_joined"][..])),
        PresenceKind::Left(left) => Some((left, &["participant_left", "participant_connection_aborted"][..])),
        PresenceKind::Ended => None,
    };
    if let Some((who, events)) = happened {
        assert!(events.contains(&event), "{body}");
        assert_eq!(
            (Some(&who.identity), Some(&who.sid)),
            (string(participant, "identity").as_ref(), string(participant, "sid").as_ref())
        );
        assert_eq!(who.name, string(participant, "name").unwrap_or_default().replace('\0', ""));
        assert!(!who.identity.is_empty() && !who.identity.contains('\0'), "PostgreSQL cannot store it: {body}");
        let permission = participant.and_then(|participant| participant.get("permission"));
        let is_hidden = permission.and_then(|permission| permission.get("hidden")) == Some(&Value::Bool(true));
        assert!(!is_hidden && string(participant, "kind").as_deref() != Some("EGRESS"), "{body}");
    } else {
        assert_eq!(event, "room_finished");
    }
    let created = body.get("createdAt");
    let created = created.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok())).expect("a time");
    assert_eq!(change.created_at, if created > NOW + MAX_CLOCK_SKEW { NOW } else { created });
    assert!(
        ![&change.event_id, &change.room, &change.room_sid]
            .into_iter()
            .any(|text| text.is_empty() || text.contains('\0'))
    );
}
