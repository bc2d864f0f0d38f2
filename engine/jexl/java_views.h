// What Java hands out as views: entries of maps, iterators, streams.
#pragma once

#include <vector>

#include "engine/jexl/value.h"

namespace tripgate::jexl {

// Each holds its own copies of what it shows, so that no value can come to contain itself. Of
// streams, only what needs no function is there.

/// An entry of a map: key, value, getKey(), getValue(), hashCode(), equals(x); its text is `k=v`.
[[nodiscard]] Value make_entry_view(Value key, Value value);
/// hasNext() and next().
[[nodiscard]] Value make_iterator_view(std::vector<Value> elements);
/// count(), limit(n), skip(n), distinct(), toList(), toArray(), iterator().
[[nodiscard]] Value make_stream_view(std::vector<Value> elements);

}  // namespace tripgate::jexl
