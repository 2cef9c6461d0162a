//! Section "Failed state": how a function fails, and how it recovers.

use super::catalogue;

catalogue! {
    AT_CREATION = "failed.at-creation", Stated;
    IMAGE_DELETED = "failed.image-deleted", Stated;
    TAG_OVERWRITTEN = "failed.tag-overwritten", Stated;
    STAYS = "failed.stays", Implied;
    RECOVERS = "failed.recovers", Stated;
}
