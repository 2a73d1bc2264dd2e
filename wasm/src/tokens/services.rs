//! The services that the host has made.

use crate::slots::Slots;
use alloc::string::String;
use livekit_edge::{
    LivekitConfig, LivekitService,
    json::{Fields, ObjectWriter},
};

/// Each with its key prepared.
pub(super) static SERVICES: Slots<LivekitService> = Slots::new();

/// Makes a service and says what is to be known of it.
pub(super) fn create(settings: &Fields<'_>) -> String {
    let setting = |name: &str| settings.text(name).ok().flatten().map(String::from);
    let service = LivekitService::new(LivekitConfig::from_settings(setting));
    let mut description = String::new();
    let mut out = ObjectWriter::new(&mut description);
    out.flag("configured", service.validate_configuration());
    out.texts("missing", service.config().missing());
    out.text_if_any("url", service.connection_url().unwrap_or_default());
    out.flag("jti", service.config().jti);
    out.number("service", SERVICES.keep(service));
    out.end();
    description
}
