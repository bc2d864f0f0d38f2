// Names that outlive a power cut: a file is only as durable as the directories that lead to it.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace tripgate {

/// The current errno of a call that needs room on disk: Errc::store_full when there was none, else
/// the errno itself.
[[nodiscard]] ErrorCode last_disk_error() noexcept;

/// Makes durable what was created, renamed or removed in the directory. Waits for the disk.
/// Errors: those of last_disk_error.
[[nodiscard]] ErrorCode sync_directory(const std::string& path);

/// Makes the directory, and those above it that are missing, durably. One that is there already is
/// synced all the same: whoever made it may have been killed before.
/// Errors: those of last_disk_error; ENOTDIR when a file stands in the way.
[[nodiscard]] ErrorCode make_durable_directory(const std::string& path);

/// Writes a file that has either no name yet or all of its text, whenever the power goes.
/// mode: of the file. Errors: those of last_disk_error.
[[nodiscard]] ErrorCode write_durable_file(const std::string& path, std::string_view text,
                                           unsigned mode);

}  // namespace tripgate
