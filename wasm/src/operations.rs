//! Convert, call, convert back.

use livekit_edge::{
    Caller, Facts, LivekitConfig, LivekitError, LivekitService, RawCreateToken, Secret, UserTokenRules,
    authenticate::authenticate as authenticate_token, rbac, service, whole_seconds,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReadRequest<'r> {
    fields: &'r RawCreateToken,
    channel_id: Option<&'r str>,
    identity: Option<&'r str>,
}

pub(crate) fn read_create_token(body: &[u8]) -> Result<Vec<u8>, LivekitError> {
    let fields = RawCreateToken::from_body(body)?;
    let (channel_id, identity) = fields.lookup();
    serde_json::to_vec(&ReadRequest { fields: &fields, channel_id, identity })
        .map_err(|_| LivekitError::TokenGeneration)
}

#[derive(Deserialize)]
pub(crate) struct AuthenticateArguments {
    token: String,
    secret: Option<String>,
    issuer: Option<String>,
    audience: Option<String>,
    now: f64,
}

pub(crate) fn authenticate(arguments: AuthenticateArguments) -> Result<Caller, LivekitError> {
    let rules = UserTokenRules {
        secret: arguments.secret.and_then(Secret::new),
        issuer: arguments.issuer.filter(|issuer| !issuer.is_empty()),
        audience: arguments.audience.filter(|audience| !audience.is_empty()),
    };
    authenticate_token(&arguments.token, &rules, seconds(arguments.now)?)
}

#[derive(Deserialize)]
pub(crate) struct AdmitArguments {
    caller: Caller,
    facts: Facts,
}

pub(crate) fn admit(arguments: &AdmitArguments) -> Result<(), LivekitError> {
    rbac::admit(&arguments.caller, &arguments.facts).map(|_| ())
}

#[derive(Deserialize)]
pub(crate) struct AuthorizeArguments {
    caller: Caller,
    request: RawCreateToken,
    facts: Facts,
    now: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Granted {
    room_id: String,
    identity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u64>,
}

pub(crate) fn authorize_join(arguments: AuthorizeArguments, config: &LivekitConfig) -> Result<Granted, LivekitError> {
    let AuthorizeArguments { caller, request, facts, now } = arguments;
    let request = rbac::authorize_join(&caller, request, &facts, config, seconds(now)?)?;
    Ok(Granted { room_id: request.room_id, identity: request.identity, name: request.name, ttl: request.ttl })
}

pub(crate) fn create_service(settings: BTreeMap<String, String>) -> LivekitService {
    LivekitService::new(LivekitConfig::from_settings(|name| settings.get(name).cloned()))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceDescription {
    service: usize,
    missing: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    jti: bool,
    short_secret: bool,
}

pub(crate) fn describe(number: usize, service: &LivekitService) -> ServiceDescription {
    let config = service.config();
    ServiceDescription {
        service: number,
        missing: config.missing(),
        url: service.connection_url().map(Into::into),
        jti: config.jti,
        short_secret: config.api_secret.as_ref().is_some_and(Secret::is_short),
    }
}

/// A field of the request: how many bytes of text it is, or what it is instead.
pub(crate) enum Field {
    Text(usize),
    Other(service::Field),
}

impl Field {
    pub(crate) fn from_code(code: i32) -> Self {
        match code {
            -1 => Self::Other(service::Field::Absent),
            -2 => Self::Other(service::Field::IllFormedText),
            -3 => Self::Other(service::Field::Number(0.0)),
            _ => usize::try_from(code).map_or(Self::Other(service::Field::Other), Self::Text),
        }
    }

    pub(crate) fn or_number(self, number: f64) -> Self {
        match self {
            Self::Other(service::Field::Number(_)) => Self::Other(service::Field::Number(number)),
            other => other,
        }
    }

    fn read(self, input: &mut &[u8]) -> Result<service::Field, LivekitError> {
        match self {
            Self::Other(field) => Ok(field),
            Self::Text(length) => {
                let (text, rest) = input.split_at_checked(length).ok_or(LivekitError::TokenGeneration)?;
                *input = rest;
                let text = core::str::from_utf8(text).map_err(|_| LivekitError::TokenGeneration)?;
                Ok(service::Field::Text(text.into()))
            }
        }
    }
}

pub(crate) struct GenerateArguments {
    pub(crate) room: Field,
    pub(crate) identity: Field,
    pub(crate) name: Field,
    pub(crate) ttl: Field,
    pub(crate) random: bool,
    pub(crate) now: f64,
}

pub(crate) fn generate_token(
    service: &LivekitService,
    arguments: GenerateArguments,
    mut input: &[u8],
) -> Result<Vec<u8>, LivekitError> {
    let request = RawCreateToken {
        room_id: arguments.room.read(&mut input)?,
        identity: arguments.identity.read(&mut input)?,
        name: arguments.name.read(&mut input)?,
        ttl: arguments.ttl.read(&mut input)?,
    };
    let jti = match arguments.random {
        true => Some(*input.first_chunk().ok_or(LivekitError::TokenGeneration)?),
        false => None,
    };
    let response = service.generate_token_raw(request, seconds(arguments.now)?, jti)?;

    let mut output = expires_at(response.expires_at)?.to_le_bytes().to_vec();
    output.extend_from_slice(response.jti.unwrap_or_default().as_bytes());
    output.extend_from_slice(response.token.as_bytes());
    Ok(output)
}

fn seconds(now: f64) -> Result<u64, LivekitError> {
    whole_seconds(now).ok_or(LivekitError::TokenGeneration)
}

/// JavaScript's `Date` ends at 8.64e12 seconds.
fn expires_at(seconds: u64) -> Result<f64, LivekitError> {
    #[allow(clippy::cast_precision_loss, reason = "exact: the bound is below 2^53")]
    if seconds <= 8_640_000_000_000 { Ok(seconds as f64) } else { Err(LivekitError::TokenGeneration) }
}
