//! Storage that recordings are uploaded to, and its credentials.

use crate::json::{self, Fields, Object, Value};
use alloc::{borrow::Cow, string::String, vec, vec::Vec};
use core::fmt;
use zeroize::Zeroizing;

/// A storage of LiveKit (`protobufs/livekit_egress.proto`, `S3Upload` and so on) with its credentials, which are sent
/// only to the egress service. Redacted in `Debug`, zeroized on drop, not cloneable.
pub struct RecordingStorage(Zeroizing<String>);

/// The type of a field.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Flag,
    Texts,
    Proxy,
}

type Known = &'static [(&'static str, Kind)];

/// The storage providers, their fields, and the required ones of these.
const PROVIDERS: [(&str, Known, &[&str]); 4] = [
    (
        "s3",
        &[
            ("accessKey", Kind::Text),
            ("secret", Kind::Text),
            ("sessionToken", Kind::Text),
            ("assumeRoleArn", Kind::Text),
            ("assumeRoleExternalId", Kind::Text),
            ("region", Kind::Text),
            ("endpoint", Kind::Text),
            ("bucket", Kind::Text),
            ("forcePathStyle", Kind::Flag),
            ("metadata", Kind::Texts),
            ("tagging", Kind::Text),
            ("contentDisposition", Kind::Text),
            ("proxy", Kind::Proxy),
        ],
        &["bucket"],
    ),
    ("gcp", &[("credentials", Kind::Text), ("bucket", Kind::Text), ("proxy", Kind::Proxy)], &["bucket"]),
    (
        "azure",
        &[("accountName", Kind::Text), ("accountKey", Kind::Text), ("containerName", Kind::Text)],
        &["accountName", "containerName"],
    ),
    (
        "aliOSS",
        &[
            ("accessKey", Kind::Text),
            ("secret", Kind::Text),
            ("region", Kind::Text),
            ("endpoint", Kind::Text),
            ("bucket", Kind::Text),
        ],
        &["bucket"],
    ),
];

const PROXY: Known = &[("url", Kind::Text), ("username", Kind::Text), ("password", Kind::Text)];

impl RecordingStorage {
    /// Parses `RECORDING_STORAGE`: a JSON object of one provider with known fields of the right types. `None` for
    /// anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let object = json::parse_object(text.as_bytes()).ok()?;
        let mut members = object.members();
        let (Some((name, Value::Object(storage))), None) = (members.next(), members.next()) else { return None };
        let (_, known, required) = PROVIDERS.iter().find(|(provider, _, _)| *provider == name)?;
        let has = |field: &&str| !storage.str(field).is_empty();
        (are_known(storage, known) && required.iter().all(has)).then(|| Self(Zeroizing::new(text.into())))
    }

    /// True for a valid setting.
    pub(crate) fn is_valid(text: &str) -> bool {
        Self::parse(text).is_some()
    }

    /// The provider with its credentials, as a field of an egress output.
    pub(super) fn to_field(&self) -> Option<(&'static str, Value<'_>)> {
        let mut object = json::parse_object(self.0.as_bytes()).ok()?;
        PROVIDERS.iter().find_map(|(name, _, _)| object.remove(name).map(|storage| (*name, storage)))
    }
}

impl fmt::Debug for RecordingStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordingStorage(redacted)")
    }
}

fn are_known(object: &Object<'_>, known: Known) -> bool {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let fields = Fields::new(object);
    fields.are_among(&names)
        && known.iter().all(|(name, kind)| match kind {
            Kind::Text => fields.string(name).is_ok(),
            Kind::Flag => fields.boolean(name).is_ok(),
            Kind::Texts => fields.object(name).is_ok_and(|object| object.is_none_or(|texts| texts.strings().is_some())),
            Kind::Proxy => fields.object(name).is_ok_and(|object| object.is_none_or(|proxy| are_known(proxy, PROXY))),
        })
}

/// The outputs of an egress request: one file.
pub(super) fn file_outputs<'a>(filepath: Cow<'a, str>, storage: Option<&'a RecordingStorage>) -> Value<'a> {
    let mut file = Object::default().with("filepath", Value::String(filepath));
    if let Some((name, storage)) = storage.and_then(RecordingStorage::to_field) {
        file = file.with(name, storage);
    }
    Value::Array(vec![Value::Object(file)])
}
