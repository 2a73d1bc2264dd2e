//! LivekitError: codes, statuses, labels, messages; and nothing of what came in (rows 8, 9, 19, 41-43; W13, W14).
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use common::{NOW, config, jwt};
use livekit_edge::{
    Caller, CreateToken, Denial, Facts, HmacKey, LivekitConfig, LivekitError, LivekitService, RawCreateToken, Secret,
    TokenFault, TokenVerifier, UserTokenRules, Violation,
    authenticate::authenticate,
    rbac::{admit, authorize_join},
    service::Field,
};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const CANARY: &str = "CANARY-7f3a";

const FAULTS: [(TokenFault, &str, &str); 11] = [
    (TokenFault::Missing, "missing", "token is missing"),
    (TokenFault::Malformed, "malformed", "token is malformed"),
    (TokenFault::Signature, "signature", "token signature does not match"),
    (TokenFault::Header, "header", "token header is not plain HS256"),
    (TokenFault::Claims, "claims", "token claims are missing or of the wrong type"),
    (TokenFault::Expired, "expired", "token has expired"),
    (TokenFault::NotYetValid, "not_yet_valid", "token is not valid yet"),
    (TokenFault::Issuer, "issuer", "token has another issuer"),
    (TokenFault::Audience, "audience", "token is for another audience"),
    (TokenFault::UnknownUser, "unknown_user", "token is of an unknown user"),
    (TokenFault::NotConfigured, "not_configured", "no secret is configured to check tokens with"),
];

const DENIALS: [(Denial, &str); 6] = [
    (Denial::UnknownChannel, "unknown_channel"),
    (Denial::CommunityBan, "community_ban"),
    (Denial::CommunityTimeout, "community_timeout"),
    (Denial::NotAMember, "not_a_member"),
    (Denial::MissingAction, "missing_action"),
    (Denial::IdentityTaken, "identity_taken"),
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
    assert_eq!(error.violations().is_empty(), !is_request, "{error:?}");
    let as_std: &dyn std::error::Error = error;
    assert!(as_std.source().is_none(), "no foreign error inside");
}

/// Rows 41, 42, 43.
#[test]
fn every_error_has_its_code_status_label_and_message() {
    let bad_request = Some("Bad Request");
    let violation = LivekitError::InvalidRequest(vec![Violation::TtlTooSmall, Violation::TtlNotNumber]);
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
        (violation, "invalid_request", 400, bad_request, texts),
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

#[test]
fn the_maximum_is_told_as_configured() {
    let error = LivekitError::InvalidRequest(vec![Violation::TtlTooLarge(60)]);
    assert_eq!(error.violations(), ["ttl must not be greater than 60"]);
}

/// W13, W14: style rule 5, "no key, token or caller input in an error".
#[test]
fn no_error_repeats_what_came_in() {
    let text = |suffix: &str| Field::Text(format!("{CANARY}{suffix}"));
    let config = LivekitConfig { api_secret: Secret::new(CANARY), api_key: Some(CANARY.into()), ..config() };
    let service = LivekitService::new(config);
    let facts = serde_json::json!({
        "userId": CANARY, "role": "USER", "banned": false, "tokenRevoked": false, "channelId": CANARY, "isPrivate": true,
        "isMember": false, "isGroupMember": false, "actions": [CANARY], "banActive": null, "banEnds": null, "timeoutEnds": null,
        "identityIsUser": true,
    });
    let facts = Facts::from_json(facts.to_string().as_bytes()).unwrap();
    let caller = Caller { user_id: CANARY.into(), token_id: Some(CANARY.into()) };
    let stranger = Caller { user_id: format!("{CANARY}-2"), ..caller.clone() };
    let rules = UserTokenRules {
        key: Secret::new(CANARY).map(|secret| HmacKey::new(&secret)),
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
    let header = |header: &str| common::forge(header, &claims, CANARY);
    for token in [
        CANARY,
        "a.b.c",
        &jwt(&claims, CANARY),
        &jwt(&claims, "x"),
        &jwt(CANARY, CANARY),
        &header(CANARY),
        &header("{}"),
    ] {
        errors.push(authenticate(token, &rules, NOW).unwrap_err());
        errors.push(verifier.verify(token, NOW).unwrap_err());
    }
    assert_eq!(errors.len(), 26);
    for error in errors {
        for shown in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.violations().concat()] {
            assert!(!shown.to_lowercase().contains("canary"), "{shown}");
            assert!(!shown.contains("eyJ"), "{shown}");
        }
    }
}
