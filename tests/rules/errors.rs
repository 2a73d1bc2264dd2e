//! LivekitError: codes, reasons and messages, without input (rows 8, 9, 19, 41-43; W13, W14).
//!
//! The table from codes to HTTP statuses is in `pkg/src/exception.ts`.

use crate::common::{NOW, config, create_token, jwt, permitted, sign_json, ttl};
use livekit_edge::{
    Caller, ClaimErrorKind, CreateToken, Facts, FieldError, ForbiddenReason, LivekitConfig, LivekitError,
    LivekitService, RawCreateToken, RequestField, Secret, SigningKey, TokenError, TokenVerifier, UserTokenRules,
    presence::PresenceChange,
    rbac::{admit, authorize_join, authorize_mute, authorize_token_source},
    request::{Field, RawMuteParticipant, RawTokenSource, parse_body},
    user_token::{authenticate, authenticate_claims},
};
use serde_json::json;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const CANARY: &str = "CANARY-7f3a";

const TOKEN_ERRORS: [(TokenError, &str, &str); 15] = [
    (TokenError::Missing, "missing", "token is missing"),
    (TokenError::Malformed, "malformed", "token is malformed"),
    (TokenError::Signature, "signature", "token signature does not match"),
    (TokenError::Algorithm, "algorithm", "token algorithm is not HS256"),
    (TokenError::Header, "header", "token header is not plain HS256"),
    (TokenError::Claims, "claims", "token claims are missing or of the wrong type"),
    (TokenError::Claim("sub"), "claims", "token claims are missing or of the wrong type"),
    (TokenError::Expired, "expired", "token has expired"),
    (TokenError::NotYetValid, "not_yet_valid", "token is not valid yet"),
    (TokenError::Issuer, "issuer", "token has another issuer"),
    (TokenError::Audience, "audience", "token is for another audience"),
    (TokenError::Client, "client", "token is for another client"),
    (TokenError::Digest, "digest", "sha256 checksum of body does not match"),
    (TokenError::UnknownUser, "unknown_user", "token is for an unknown user"),
    (TokenError::NotConfigured, "not_configured", "no secret is configured to verify tokens with"),
];

const FORBIDDEN_REASONS: [(ForbiddenReason, &str); 9] = [
    (ForbiddenReason::UnknownChannel, "unknown_channel"),
    (ForbiddenReason::CommunityBan, "community_ban"),
    (ForbiddenReason::CommunityTimeout, "community_timeout"),
    (ForbiddenReason::NotAMember, "not_a_member"),
    (ForbiddenReason::MissingAction, "missing_action"),
    (ForbiddenReason::IdentityTaken, "identity_taken"),
    (ForbiddenReason::RoomOfChannel, "room_of_channel"),
    (ForbiddenReason::Kicked, "kicked"),
    (ForbiddenReason::Locked, "locked"),
];

#[track_caller]
fn assert_error(error: &LivekitError, code: &str, message: &str, reason: Option<&str>) {
    assert_eq!((error.code(), error.to_string().as_str(), error.reason()), (code, message, reason), "{error:?}");
    assert_eq!(error.message(), message);
    let is_request = matches!(error, LivekitError::InvalidRequest(_));
    assert_eq!(error.field_messages().is_empty(), !is_request, "{error:?}");
    let as_std: &dyn std::error::Error = error;
    assert!(as_std.source().is_none(), "no foreign error inside");
}

/// Rows 41, 42, 43.
#[test]
fn every_error_has_its_code_and_message() {
    let invalid = LivekitError::InvalidRequest([FieldError::TtlTooSmall, FieldError::TtlNotNumber].into());
    let texts = "ttl must not be less than 1, ttl must be a number conforming to the specified constraints";
    for (error, code, message) in [
        (LivekitError::NotConfigured, "not_configured", "LiveKit credentials not configured"),
        (LivekitError::TokenGeneration, "token_generation", "Failed to generate token"),
        (LivekitError::BodyNotJson, "body_not_json", "Request body is not valid JSON"),
        (LivekitError::BodyNotObject, "body_not_object", "Request body must be a JSON object"),
        (LivekitError::BodyRepeatsField, "body_repeats_field", "Request body must not give a field twice"),
        (LivekitError::BodyTooComplex, "body_too_complex", "Request body is nested too deeply or has too many fields"),
        (LivekitError::BodyNotEvent, "body_not_event", "Request body is not an event of LiveKit"),
        (invalid, "invalid_request", texts),
        (
            LivekitError::ClaimsTooComplex,
            "invalid_claim",
            "claims are too large, nested too deeply or have too many fields",
        ),
        (
            LivekitError::InvalidTtl,
            "invalid_ttl",
            "ttl must be from 1 to 4294967295 seconds: a number, or a duration such as \"10m\"",
        ),
        (
            LivekitError::InvalidClockTolerance,
            "invalid_clock_tolerance",
            "clockTolerance must be a number of seconds or a duration such as \"1m\", at most one day",
        ),
        (LivekitError::TokenRevoked, "token_revoked", "Token has been revoked"),
        (LivekitError::AccountBanned, "account_banned", "Account has been banned"),
        (LivekitError::StoreUnavailable, "store_unavailable", "Service Unavailable"),
        (LivekitError::RecordingNotConfigured, "recording_not_configured", "Recording is not configured"),
    ] {
        assert_error(&error, code, message, None);
        assert_eq!(error.path(), None);
    }
}

/// Row 8: the message of a verifier's error contains the reason; that of the endpoint does not.
#[test]
fn row_8_errors_of_tokens() {
    for (error, reason, message) in TOKEN_ERRORS {
        assert_eq!(error.code(), reason);
        assert_error(&LivekitError::InvalidToken(error), "invalid_token", message, Some(reason));
        assert_error(&LivekitError::Unauthorized(error), "unauthorized", "Unauthorized", Some(reason));
        assert_eq!(LivekitError::from(error), LivekitError::InvalidToken(error));
    }
}

/// Row 9: the message does not distinguish a private channel from one that does not exist.
#[test]
fn row_9_every_forbidden_reason_has_the_same_message() {
    for (forbidden, code) in FORBIDDEN_REASONS {
        assert_eq!(forbidden.code(), code);
        assert_error(&LivekitError::Forbidden(forbidden), "forbidden", "Forbidden resource", Some(code));
    }
}

/// An application that signs the claim, or verifies the token, gets the path.
#[test]
fn an_invalid_claim_has_its_path_and_message() {
    let sign = |claims: &str| {
        sign_json(&serde_json::from_str(claims).unwrap(), Some(&serde_json::json!("i")), None).unwrap_err()
    };
    let verify = |claims: &str| TokenVerifier::new("k", "s").unwrap().verify(&jwt(claims, "s"), NOW).unwrap_err();
    for (claims, path, message) in [
        (r#"{"video":{"hidden":1}}"#, "video.hidden", "video.hidden must be a boolean"),
        (r#"{"metadata":{}}"#, "metadata", "metadata must be a well-formed string"),
        (r#"{"Video":{}}"#, "", "claims has a field that LiveKit does not know"),
    ] {
        let error = sign(claims);
        if path.is_empty() {
            let near = "Video is a field that LiveKit does not know; did you mean video?";
            assert_error(&error, "invalid_claim", near, None);
            assert_eq!(error.path(), Some("Video"));
        } else {
            assert_error(&error, "invalid_claim", message, None);
            assert_eq!(error.path(), Some(path));
        }
        let error = verify(claims);
        assert_error(&error, "invalid_token", message, None);
        assert_eq!(error.path(), Some(path));
        assert_eq!(error.into_unauthorized(), LivekitError::Unauthorized(TokenError::Claims));
    }
}

/// Clients compare these.
#[test]
fn every_kind_of_claim_error_has_its_code() {
    for (kind, code) in [
        (ClaimErrorKind::WrongType("a boolean"), "wrong_type"),
        (ClaimErrorKind::Missing, "missing"),
        (ClaimErrorKind::UnknownName, "unknown_name"),
        (ClaimErrorKind::UnknownField, "unknown_field"),
        (ClaimErrorKind::UnknownFieldNear("room"), "unknown_field"),
        (ClaimErrorKind::Ambiguous, "ambiguous"),
        (ClaimErrorKind::TooLong(256), "too_long"),
        (ClaimErrorKind::Credential, "credential"),
        (ClaimErrorKind::EmptyList, "empty_list"),
    ] {
        assert_eq!(kind.code(), code);
    }
}

/// An error of a token becomes `Unauthorized` with the reason for logs; every other error is unchanged.
#[test]
fn row_8_into_unauthorized_hides_the_reason() {
    for (error, _, _) in TOKEN_ERRORS {
        assert_eq!(LivekitError::InvalidToken(error).into_unauthorized(), LivekitError::Unauthorized(error));
        assert_eq!(LivekitError::Unauthorized(error).into_unauthorized(), LivekitError::Unauthorized(error));
    }
    let others = [LivekitError::NotConfigured, LivekitError::StoreUnavailable, LivekitError::BodyNotEvent];
    for error in others.into_iter().chain(FORBIDDEN_REASONS.map(|(reason, _)| LivekitError::Forbidden(reason))) {
        assert_eq!(error.clone().into_unauthorized(), error);
    }
}

/// The name of the grant is for the operator's log.
#[test]
fn a_refused_grant_is_named_in_the_reason_only() {
    for grant in ["type", "room", "roomJoin", "hidden"] {
        let error = LivekitError::GrantRefused(grant);
        assert_error(&error, "grant_refused", "Failed to generate token", Some(grant));
    }
}

/// Rows 12-15, 19.
#[test]
fn every_field_error_has_its_message() {
    let fields = [
        (RequestField::Identity, "identity", 256),
        (RequestField::RoomId, "roomId", 256),
        (RequestField::Name, "name", 256),
        (RequestField::ParticipantIdentity, "participantIdentity", 256),
        (RequestField::Mute, "mute", 0),
        (RequestField::SourceRoom, "room_name", 256),
        (RequestField::SourceIdentity, "participant_identity", 256),
        (RequestField::SourceName, "participant_name", 256),
        (RequestField::SourceMetadata, "participant_metadata", 524_288),
        (RequestField::SourceAttributes, "participant_attributes", 65_536),
        (RequestField::SourceRoomConfig, "room_config", 0),
        (RequestField::DurationSeconds, "durationSeconds", 0),
        (RequestField::Locked, "locked", 0),
    ];
    for (field, name, max) in fields {
        assert_eq!(field.max_bytes(), max, "{name}");
        for (error, text) in [
            (FieldError::Empty(field), "should not be empty"),
            (FieldError::NotString(field), "must be a string"),
            (FieldError::TooLong(field), &*format!("must not be longer than {max} bytes")),
            (FieldError::ControlCharacter(field), "must not contain control characters"),
            (FieldError::LoneSurrogate(field), "must be well-formed Unicode"),
            (FieldError::NotBoolean(field), "must be a boolean value"),
            (FieldError::NotInteger(field, 60), "must be an integer from 1 to 60"),
            (FieldError::NotStrings(field), "must be an object of strings"),
            (FieldError::NotForClients(field), "must not be set by a client"),
        ] {
            assert_eq!(error.to_string(), format!("{name} {text}"));
            assert_eq!(LivekitError::InvalidRequest([error].into()).field_messages(), [format!("{name} {text}")]);
        }
    }
}

#[test]
fn the_message_has_the_configured_maximum() {
    let error = LivekitError::InvalidRequest([FieldError::TtlTooLarge(60)].into());
    assert_eq!(error.field_messages(), ["ttl must not be greater than 60"]);
}

/// W13, W14: style rule 5, "no key, token or caller input in an error".
#[test]
fn no_error_contains_input() {
    let text = |suffix: &str| Field::String(format!("{CANARY}{suffix}"));
    let config = LivekitConfig { api_secret: Secret::new(CANARY), api_key: Some(CANARY.into()), ..config() };
    let service = LivekitService::new(config);
    let facts = serde_json::json!({
        "userId": CANARY, "role": "USER", "banned": false, "tokenRevoked": false, "channelId": CANARY, "isPrivate": true,
        "isMember": false, "groupId": null, "actions": [CANARY], "banActive": null, "banEnds": null, "timeoutEnds": null,
        "identityIsUser": true,
    });
    let facts = Facts::from_json(facts.to_string().as_bytes()).unwrap();
    let caller = Caller { user_id: CANARY.into(), token_id: Some(CANARY.into()), ..Caller::default() };
    let stranger = Caller { user_id: format!("{CANARY}-2"), ..caller.clone() };
    let rules = || UserTokenRules {
        keys: Secret::new(CANARY).map(|secret| SigningKey::new(&secret)).into_iter().collect(),
        issuer: Some(CANARY.into()),
        ..UserTokenRules::default()
    };
    let verifier = TokenVerifier::new(CANARY, CANARY).unwrap();
    let join = |room, identity| {
        let request = RawCreateToken { room_id: text(room), identity: text(identity), ..RawCreateToken::default() };
        authorize_join(&caller, request, &facts, service.config(), NOW).unwrap_err()
    };
    let claims = format!(r#"{{"sub":"{CANARY}","iss":"x{CANARY}","exp":{}}}"#, NOW + 1);
    let mut errors = vec![
        RawCreateToken::from_body(format!("{{\"roomId\":{CANARY}}}").as_bytes()).unwrap_err(),
        RawCreateToken::from_body(format!("\"{CANARY}\"").as_bytes()).unwrap_err(),
        RawCreateToken::from_body(format!("{{\"name\":\"{CANARY}\",\"name\":\"{CANARY}\"}}").as_bytes()).unwrap_err(),
        RawCreateToken { room_id: text("\n"), identity: text("\0"), name: text(&"x".repeat(300)), ttl: text("") }
            .validate(ttl(60))
            .unwrap_err(),
        service.generate_token(create_token(CANARY, CANARY), u64::MAX, None).unwrap_err(),
        CreateToken::new(CANARY, format!("{CANARY}\n")).unwrap_err(),
        Facts::from_json(CANARY.as_bytes()).unwrap_err(),
        Facts::from_json(format!("{{\"userId\":[\"{CANARY}\"]}}").as_bytes()).unwrap_err(),
        admit(&stranger, &facts).unwrap_err(),
        join("", ""),
        join("\0", ""),
        join("-2", ""),
    ];
    let [source, mute, unknown, elsewhere] = [
        r#"{"room_name":"CANARY\n","participant_name":"CANARY\n","participant_identity":"CANARY\n",
            "participant_metadata":"CANARY","participant_attributes":{"CANARY":"CANARY"},"room_config":{"CANARY":1}}"#,
        r#"{"participantIdentity":"CANARY","mute":"CANARY"}"#,
        r#"{"CANARY":true}"#,
        r#"{"room":"CANARY-2"}"#,
    ]
    .map(|text| text.replace("CANARY", CANARY));
    let source = RawTokenSource::from_object(&parse_body(source.as_bytes()).unwrap());
    let mute = RawMuteParticipant::from_object(&parse_body(mute.as_bytes()).unwrap());
    let provided =
        UserTokenRules { jwks_url: Some(CANARY.into()), keys: Vec::new(), issuer: Some(CANARY.into()), ..rules() };
    let grants = |grants: &str| serde_json::from_str::<serde_json::Value>(grants).unwrap();
    let permission = |text: &str| json!({"room": CANARY, "identity": CANARY, "grants": grants(text)});
    errors.extend([
        authorize_token_source(&caller, source.unwrap(), &facts, service.config(), NOW).unwrap_err(),
        authorize_mute(&caller, CANARY, mute.clone(), &facts, NOW).unwrap_err(),
        authorize_mute(&stranger, CANARY, mute, &facts, NOW).unwrap_err(),
        authenticate_claims(&claims, &provided, NOW).unwrap_err(),
        authenticate_claims(CANARY, &provided, NOW).unwrap_err(),
        permitted(&permission(&unknown), CANARY, &[]).unwrap_err(),
        permitted(&permission(&elsewhere), CANARY, &[]).unwrap_err(),
        service.generate_admin_token(&format!("{CANARY}\n"), NOW).unwrap_err(),
        PresenceChange::from_body(format!(r#"{{"event":["{CANARY}"]}}"#).as_bytes(), NOW).unwrap_err(),
        PresenceChange::from_body(CANARY.as_bytes(), NOW).unwrap_err(),
    ]);
    let header = |header: &str| crate::common::forge(header, &claims, CANARY);
    for token in [
        CANARY,
        "a.b.c",
        &jwt(&claims, CANARY),
        &jwt(&claims, "x"),
        &jwt(CANARY, CANARY),
        &header(CANARY),
        &header("{}"),
        &header(&format!(r#"{{"alg":"{CANARY}"}}"#)),
    ] {
        errors.push(authenticate(token, &rules(), NOW).unwrap_err());
        errors.push(verifier.verify(token, NOW).unwrap_err());
    }
    assert_eq!(errors.len(), 38);
    for error in errors {
        for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.field_messages().concat()] {
            assert!(!shown.to_lowercase().contains("canary"), "{shown}");
            assert!(!shown.contains("eyJ"), "{shown}");
        }
    }
}
