#pragma once

// The one place that says how Asio is used here: a concrete executor (the type-erased default
// costs an allocation per operation) and coroutines that get errors as values.
// Boost 1.74 forgets <utility>.
#include <chrono>
#include <utility>

// Nor does it know that clang has coroutines.
#if defined(__clang__) && !defined(BOOST_ASIO_HAS_CO_AWAIT)
#define BOOST_ASIO_HAS_CO_AWAIT 1
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#endif

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reeve::server {

namespace net = boost::asio;

using AsioError = boost::system::error_code;
using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<net::ip::tcp, Executor>;
using TlsStream = net::ssl::stream<Socket>;
// Boost 1.74 does not compile it with an executor of our choice.
using Descriptor = net::posix::stream_descriptor;
using Timer = net::basic_waitable_timer<std::chrono::steady_clock,
                                        net::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T>
using Task = net::awaitable<T, Executor>;
inline constexpr net::use_awaitable_t<Executor> kAwait;

}  // namespace reeve::server
