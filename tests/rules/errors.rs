//! LivekitError: codes, statuses, labels, messages; and nothing of what came in (rows 8, 9, 19, 41-43; W13, W14).

use crate::common::{NOW, config, jwt};
use livekit_edge::{
    AccessToken, Caller, CreateToken, Facts, FieldError, ForbiddenReason, LivekitConfig, LivekitError, LivekitService,
    RawCreateToken, RequestField, Secret, SigningKey, TokenError, TokenVerifier, UserTokenRules,
    authenticate::{authenticate, authenticate_claims},
    json,
    presence::PresenceChange,
    rbac::{admit, authorize_join, authorize_mute, authorize_token_source, client_grant},
    service::{Field, RawMuteParticipant, RawTokenSource, parse_body},
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const CANARY: &str = "CANARY-7f3a";

const FAULTS: [(TokenError, &str, &str); 12] = [
    (TokenError::Missing, "missing", "token is missing"),
    (TokenError::Malformed, "malformed", "token is malformed"),
    (TokenError::Signature, "signature", "token signature does not match"),
    (TokenError::Header, "header", "token header is not plain HS256"),
    (TokenError::Claims, "claims", "token claims are missing or of the wrong type"),
    (TokenError::Expired, "expired", "token has expired"),
    (TokenError::NotYetValid, "not_yet_valid", "token is not valid yet"),
    (TokenError::Issuer, "issuer", "token has another issuer"),
    (TokenError::Audience, "audience", "token is for another audience"),
    (TokenError::Digest, "digest", "sha256 checksum of body does not match"),
    (TokenError::UnknownUser, "unknown_user", "token is of an unknown user"),
    (TokenError::NotConfigured, "not_configured", "no secret is configured to check tokens with"),
];

const DENIALS: [(ForbiddenReason, &str); 6] = [
    (ForbiddenReason::UnknownChannel, "unknown_channel"),
    (ForbiddenReason::CommunityBan, "community_ban"),
    (ForbiddenReason::CommunityTimeout, "community_timeout"),
    (ForbiddenReason::NotAMember, "not_a_member"),
    (ForbiddenReason::MissingAction, "missing_action"),
    (ForbiddenReason::IdentityTaken, "identity_taken"),
];

#[track_caller]
fn assert_says(
    error: &LivekitError,
    code: &str,
    status: u16,
    label: Option<&str>,
    message: &str,
    reason: Option<&str>,
) {
    assert_eq!((error.code(), error.status(), error.label()), (code, status, label), "{error:?}");
    assert_eq!((error.to_string().as_str(), error.reason()), (message, reason), "{error:?}");
    let is_request = matches!(error, LivekitError::InvalidRequest(_));
    assert_eq!(error.field_messages().is_empty(), !is_request, "{error:?}");
    let as_std: &dyn std::error::Error = error;
    assert!(as_std.source().is_none(), "no foreign error inside");
}

/// Rows 41, 42, 43.
#[test]
fn every_error_has_its_code_status_label_and_message() {
    let bad_request = Some("Bad Request");
    let violation = LivekitError::InvalidRequest(vec![FieldError::TtlTooSmall, FieldError::TtlNotNumber]);
    let texts = "ttl must not be less than 1, ttl must be a number conforming to the specified constraints";
    for (error, code, status, label, message) in [
        (LivekitError::NotConfigured, "not_configured", 500, None, "LiveKit credentials not configured"),
        (LivekitError::TokenGeneration, "token_generation", 500, None, "Failed to generate token"),
        (LivekitError::BodyNotJson, "body_not_json", 400, bad_request, "Request body is not valid JSON"),
        (LivekitError::BodyNotObject, "body_not_object", 400, bad_request, "Request body must be a JSON object"),
        (
            LivekitError::BodyRepeatsField,
            "body_repeats_field",
            400,
            bad_request,
            "Request body must not give a field twice",
        ),
        (
            LivekitError::BodyTooComplex,
            "body_too_complex",
            400,
            bad_request,
            "Request body is nested too deeply or has too many fields",
        ),
        (LivekitError::BodyNotEvent, "body_not_event", 400, bad_request, "Request body is not an event of LiveKit"),
        (violation, "invalid_request", 400, bad_request, texts),
        (
            LivekitError::ClaimsTooComplex,
            "invalid_claim",
            400,
            bad_request,
            "claims are too large, nested too deeply or have too many members",
        ),
        (
            LivekitError::InvalidTtl,
            "invalid_ttl",
            400,
            bad_request,
            "ttl must be from 1 to 4294967295 seconds: a number, or a span such as \"10m\"",
        ),
        (
            LivekitError::InvalidClockTolerance,
            "invalid_clock_tolerance",
            400,
            bad_request,
            "clockTolerance must be a number of seconds or a span such as \"1m\"",
        ),
        (LivekitError::TokenRevoked, "token_revoked", 401, Some("Unauthorized"), "Token has been revoked"),
        (LivekitError::AccountBanned, "account_banned", 401, Some("Unauthorized"), "Account has been banned"),
        (LivekitError::StoreUnavailable, "store_unavailable", 503, None, "Service Unavailable"),
    ] {
        assert_says(&error, code, status, label, message, None);
    }
}

/// Row 8: a token's fault is told to whoever verifies, never to whoever asks for a token.
#[test]
fn row_8_faults_of_tokens() {
    for (fault, reason, message) in FAULTS {
        assert_eq!(fault.code(), reason);
        assert_says(&LivekitError::InvalidToken(fault), "invalid_token", 401, None, message, Some(reason));
        assert_says(&LivekitError::Unauthorized(fault), "unauthorized", 401, None, "Unauthorized", Some(reason));
        assert_eq!(LivekitError::from(fault), LivekitError::InvalidToken(fault));
    }
}

/// Row 9: the answer does not tell a channel that is hidden from one that does not exist.
#[test]
fn row_9_denials_look_alike() {
    for (denial, reason) in DENIALS {
        assert_eq!(denial.code(), reason);
        let error = LivekitError::Forbidden(denial);
        assert_says(&error, "forbidden", 403, Some("Forbidden"), "Forbidden resource", Some(reason));
    }
}

/// An application that signs a claim of its own is told which; a token's claim is told to whoever verifies.
#[test]
fn refused_claims_are_told_by_their_name() {
    let sign = |claims: &str| {
        let Ok(json::Value::Object(claims)) = json::read(claims.as_bytes()) else { unreachable!() };
        AccessToken::new("k", "s").unwrap().identity("i").claims_from_json(&claims).unwrap_err()
    };
    let verify = |claims: &str| TokenVerifier::new("k", "s").unwrap().verify(&jwt(claims, "s"), NOW).unwrap_err();
    for (claims, message) in [
        (r#"{"video":{"hidden":1}}"#, "video.hidden must be a boolean"),
        (r#"{"Video":{}}"#, "claims has a member that LiveKit does not know"),
        (r#"{"metadata":{}}"#, "metadata must be a well-formed string"),
    ] {
        assert_says(&sign(claims), "invalid_claim", 400, Some("Bad Request"), message, None);
        let error = verify(claims);
        assert_says(&error, "invalid_token", 401, None, message, None);
        assert_eq!(error.into_unauthorized(), LivekitError::Unauthorized(TokenError::Claims));
    }
}

/// Whose token does not hold is refused without a word about why; every other error stays what it is.
#[test]
fn row_8_into_unauthorized_tells_nothing() {
    for (fault, _, _) in FAULTS {
        assert_eq!(LivekitError::InvalidToken(fault).into_unauthorized(), LivekitError::Unauthorized(fault));
        assert_eq!(LivekitError::Unauthorized(fault).into_unauthorized(), LivekitError::Unauthorized(fault));
    }
    let others = [LivekitError::NotConfigured, LivekitError::StoreUnavailable, LivekitError::BodyNotEvent];
    for error in others.into_iter().chain(DENIALS.map(|(denial, _)| LivekitError::Forbidden(denial))) {
        assert_eq!(error.clone().into_unauthorized(), error);
    }
}

/// Which grant it was is the operator's to know; it is no one's to try out.
#[test]
fn a_refused_grant_is_told_to_the_log() {
    for grant in ["type", "room", "roomJoin", "hidden"] {
        let error = LivekitError::GrantRefused(grant);
        assert_says(&error, "grant_refused", 500, None, "Failed to generate token", Some(grant));
    }
}

/// Rows 12-15, 19: every text of a refused field.
#[test]
fn every_violation_has_its_text() {
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
    ];
    for (field, name, most) in fields {
        assert_eq!(field.max_bytes(), most, "{name}");
        for (violation, text) in [
            (FieldError::Empty(field), "should not be empty"),
            (FieldError::NotString(field), "must be a string"),
            (FieldError::TooLong(field), &*format!("must not be longer than {most} bytes")),
            (FieldError::ControlCharacter(field), "must not contain control characters"),
            (FieldError::LoneSurrogate(field), "must be well-formed Unicode"),
            (FieldError::NotBoolean(field), "must be a boolean value"),
            (FieldError::NotStrings(field), "must be an object of strings"),
            (FieldError::NotForClients(field), "must not be set by a client"),
        ] {
            assert_eq!(violation.to_string(), format!("{name} {text}"));
            assert_eq!(LivekitError::InvalidRequest(vec![violation]).field_messages(), [format!("{name} {text}")]);
        }
    }
}

#[test]
fn the_maximum_is_told_as_configured() {
    let error = LivekitError::InvalidRequest(vec![FieldError::TtlTooLarge(60)]);
    assert_eq!(error.field_messages(), ["ttl must not be greater than 60"]);
}

/// W13, W14: style rule 5, "no key, token or caller input in an error".
#[test]
fn no_error_repeats_what_came_in() {
    let text = |suffix: &str| Field::String(format!("{CANARY}{suffix}"));
    let config = LivekitConfig { api_secret: Secret::new(CANARY), api_key: Some(CANARY.into()), ..config() };
    let service = LivekitService::new(config);
    let facts = serde_json::json!({
        "userId": CANARY, "role": "USER", "banned": false, "tokenRevoked": false, "channelId": CANARY, "isPrivate": true,
        "isMember": false, "groupId": null, "actions": [CANARY], "banActive": null, "banEnds": null, "timeoutEnds": null,
        "identityIsUser": true,
    });
    let facts = Facts::from_json(facts.to_string().as_bytes()).unwrap();
    let caller = Caller { user_id: CANARY.into(), token_id: Some(CANARY.into()) };
    let stranger = Caller { user_id: format!("{CANARY}-2"), ..caller.clone() };
    let rules = || UserTokenRules {
        key: Secret::new(CANARY).map(|secret| SigningKey::new(&secret)),
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
            .validate(60)
            .unwrap_err(),
        service.generate_token(&CreateToken::new(CANARY, CANARY), u64::MAX, None).unwrap_err(),
        service.generate_token(&CreateToken::new(CANARY, format!("{CANARY}\n")), NOW, None).unwrap_err(),
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
    let provided = UserTokenRules { jwks_url: Some(CANARY.into()), key: None, issuer: Some(CANARY.into()), ..rules() };
    errors.extend([
        authorize_token_source(&caller, source.unwrap(), &facts, service.config(), NOW).unwrap_err(),
        authorize_mute(&caller, CANARY, mute.clone(), &facts, NOW).unwrap_err(),
        authorize_mute(&stranger, CANARY, mute, &facts, NOW).unwrap_err(),
        authenticate_claims(&claims, &provided, NOW).unwrap_err(),
        authenticate_claims(CANARY, &provided, NOW).unwrap_err(),
        client_grant(&parse_body(unknown.as_bytes()).unwrap(), CANARY).unwrap_err(),
        client_grant(&parse_body(elsewhere.as_bytes()).unwrap(), CANARY).unwrap_err(),
        service.generate_admin_token(&format!("{CANARY}\n"), NOW).unwrap_err(),
        PresenceChange::from_body(format!(r#"{{"event":["{CANARY}"]}}"#).as_bytes()).unwrap_err(),
        PresenceChange::from_body(CANARY.as_bytes()).unwrap_err(),
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
    ] {
        errors.push(authenticate(token, &rules(), NOW).unwrap_err());
        errors.push(verifier.verify(token, NOW).unwrap_err());
    }
    assert_eq!(errors.len(), 36);
    for error in errors {
        for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.field_messages().concat()] {
            assert!(!shown.to_lowercase().contains("canary"), "{shown}");
            assert!(!shown.contains("eyJ"), "{shown}");
        }
    }
}
