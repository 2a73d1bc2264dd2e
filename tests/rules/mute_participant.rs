//! RawMuteParticipant and authorize_mute: muting by moderators (W6, W9).

use crate::common::{NOW, identity};
use livekit_edge::{
    Caller, Facts, LivekitError, TokenError,
    rbac::{ChannelFacts, UserFacts, authorize_mute},
    request::{MuteParticipant, RawMuteParticipant, parse_body},
};
use serde_json::{Value, json};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const NOT_BOOLEAN: &str = "mute must be a boolean value";

fn parse(body: &Value) -> RawMuteParticipant {
    RawMuteParticipant::from_object(&parse_body(body.to_string().as_bytes()).unwrap())
}

/// A moderator who is neither timed out nor banned.
fn facts() -> Facts {
    let user =
        UserFacts { id: "user-456".into(), owner: false, banned: false, token_revoked: false, ..UserFacts::default() };
    let channel = ChannelFacts {
        id: "channel-abc123".into(),
        private: false,
        member: false,
        actions: vec!["MUTE_PARTICIPANT".into()],
        ban: None,
        timeout_ends: None,
        ..ChannelFacts::default()
    };
    Facts { user: Some(user), channel: Some(channel), ..Facts::default() }
}

fn ask(channel: &str, body: &Value, facts: &Facts) -> Result<MuteParticipant, LivekitError> {
    let caller = Caller { user_id: "user-456".into(), token_id: None, ..Caller::default() };
    authorize_mute(&caller, channel, parse(body), facts, NOW)
}

#[test]
fn only_these_two_fields_are_parsed() {
    for mute in [true, false] {
        for id in ["user-789", "user 789", "é🎤", &"i".repeat(256)] {
            let body =
                json!({"participantIdentity": id, "mute": mute, "roomId": "other", "trackSid": 1, "Mute": !mute});
            let expected = MuteParticipant { identity: identity(id), mute };
            assert_eq!(parse(&body).validate(), Ok(expected.clone()), "{body}");
            assert_eq!(ask("channel-abc123", &body, &facts()), Ok(expected), "{body}");
        }
    }
}

/// W6, W9: the errors of the identity come first; `"false"` is not a boolean.
#[test]
fn w6_w9_every_error_of_both_fields_is_reported() {
    let empty = "participantIdentity should not be empty";
    let not_string = "participantIdentity must be a string";
    let control = "participantIdentity must not contain control characters";
    let identities = [
        (json!(null), vec![empty, not_string]),
        (json!(""), vec![empty]),
        (json!(" \u{3000}"), vec![empty]),
        (json!(1), vec![not_string]),
        (json!(true), vec![not_string]),
        (json!(["user-789"]), vec![not_string]),
        (json!({}), vec![not_string]),
        (json!("i".repeat(257)), vec!["participantIdentity must not be longer than 256 bytes"]),
        (json!("a\0"), vec![control]),
        (json!("a\u{200b}"), vec![control]),
        (json!("user-789 "), vec![control]),
        (json!("user-789"), vec![]),
    ];
    let strings = ["true", "false", ""].map(|text| json!(text));
    let others = [json!(null), json!(0), json!(1), json!([]), json!([true]), json!({})];
    for (identity, wrong) in &identities {
        for mute in strings.iter().chain(&others).chain([&json!(true), &json!(false)]) {
            let body = json!({"participantIdentity": identity, "mute": mute});
            let texts: Vec<_> = wrong.iter().copied().chain((!mute.is_boolean()).then_some(NOT_BOOLEAN)).collect();
            match parse(&body).validate() {
                Ok(_) => assert!(texts.is_empty(), "{body}"),
                Err(error) => {
                    assert_eq!(error.code(), "invalid_request", "{body}");
                    assert_eq!(error.field_messages(), texts, "{body}");
                }
            }
        }
    }
    assert_eq!(parse(&json!({})).validate().unwrap_err().field_messages(), [empty, not_string, NOT_BOOLEAN]);
}

#[test]
fn errors_are_in_the_order_401_400_403() {
    let good = json!({"participantIdentity": "user-789", "mute": true});
    let nowhere = Facts { channel: None, ..facts() };
    let user = |banned, token_revoked| Facts {
        user: nowhere.user.clone().map(|user| UserFacts { banned, token_revoked, ..user }),
        ..nowhere.clone()
    };
    let unknown = LivekitError::Unauthorized(TokenError::UnknownUser);
    let no_user = Facts { user: None, ..nowhere.clone() };
    assert_eq!(ask("channel-abc123", &json!({}), &no_user), Err(unknown));
    assert_eq!(ask("channel-abc123", &json!({}), &user(true, true)), Err(LivekitError::TokenRevoked));
    assert_eq!(ask("channel-abc123", &json!({}), &user(true, false)), Err(LivekitError::AccountBanned));
    assert_eq!(ask("channel-abc123", &json!({}), &nowhere).unwrap_err().code(), "invalid_request");
    assert_eq!(ask("channel-abc123", &good, &nowhere).unwrap_err().reason(), Some("unknown_channel"));
}

/// W9: the requested channel must have exactly the id in the facts.
#[test]
fn w9_the_channel_must_match_exactly() {
    let good = json!({"participantIdentity": "user-789", "mute": false});
    let owner = Facts { user: facts().user.map(|user| UserFacts { owner: true, ..user }), ..facts() };
    for facts in [facts(), owner] {
        for channel in ["CHANNEL-ABC123", "channel-abc123 ", "channel-abc12", ""] {
            assert_eq!(ask(channel, &good, &facts).unwrap_err().reason(), Some("unknown_channel"), "{channel:?}");
        }
        assert!(ask("channel-abc123", &good, &facts).is_ok());
    }
}
