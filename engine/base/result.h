// The error policy of the engine: a function that can fail returns a Result; nothing throws.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace tripgate {

using ErrorCode = boost::system::error_code;

/// A value, or the reason why there is none. Test it, then use `*result`; never call `.value()`.
///
/// E is ErrorCode where the world failed (peer, disk, store) and Diagnostic where a person's text
/// is at fault.
template <class T, class E = ErrorCode>
class [[nodiscard]] Result : public boost::system::result<T, E> {
 public:
  using boost::system::result<T, E>::result;
};

}  // namespace tripgate
