#include "adapters/redis/connection.hpp"

#include <sys/time.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <hiredis/hiredis.h>

namespace kasauti::adapters::redis {

namespace {

timeval to_timeval(std::chrono::nanoseconds time) {
  const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  return {static_cast<time_t>(micro / 1'000'000), static_cast<suseconds_t>(micro % 1'000'000)};
}

/// hiredis says EAGAIN where it means that the time-out is over.
std::string reason_of(const redisContext& context, int error) {
  if (context.err == REDIS_ERR_IO && (error == EAGAIN || error == EWOULDBLOCK)) return "time-out";
  return context.errstr;
}

}  // namespace

void Connection::Free::operator()(redisContext* context) const { redisFree(context); }

Connection::Connection(Address address, std::chrono::nanoseconds timeout)
    : address_{std::move(address)}, timeout_{timeout} {}
Connection::Connection(Connection&&) noexcept = default;
Connection::~Connection() = default;

bool Connection::connect(std::string& problem) {
  context_.reset(redisConnectWithTimeout(address_.host.c_str(), address_.port, to_timeval(timeout_)));
  if (context_ == nullptr || context_->err != 0) {
    problem = context_ == nullptr ? "out of memory" : context_->errstr;
    context_.reset();
    return false;
  }
  redisSetTimeout(context_.get(), to_timeval(timeout_));
  const char* const password = std::getenv("REDISCLI_AUTH");
  if (password == nullptr || *password == '\0') return true;
  const Answer answer = exchange({"AUTH", password});
  if (answer.kind == Answer::Kind::text) return true;
  problem = answer.text;
  context_.reset();
  return false;
}

Answer Connection::command(const std::vector<std::string>& arguments) {
  std::string problem;
  if (context_ == nullptr && !connect(problem)) return {Answer::Kind::refused, problem, 0};
  return exchange(arguments);
}

Answer Connection::exchange(const std::vector<std::string>& arguments) {
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  for (const std::string& argument : arguments) {
    texts.push_back(argument.data());
    lengths.push_back(argument.size());
  }
  errno = 0;
  auto* const raw = static_cast<redisReply*>(
      redisCommandArgv(context_.get(), static_cast<int>(texts.size()), texts.data(), lengths.data()));
  const int error = errno;
  if (raw == nullptr) {
    Answer answer{Answer::Kind::lost, reason_of(*context_, error), 0};
    context_.reset();
    return answer;
  }
  const std::unique_ptr<redisReply, decltype(&freeReplyObject)> reply{raw, freeReplyObject};
  switch (reply->type) {
    case REDIS_REPLY_ERROR: return {Answer::Kind::error, {reply->str, reply->len}, 0};
    case REDIS_REPLY_NIL: return {Answer::Kind::nil, {}, 0};
    case REDIS_REPLY_INTEGER: return {Answer::Kind::integer, {}, reply->integer};
    case REDIS_REPLY_STRING: case REDIS_REPLY_STATUS: return {Answer::Kind::text, {reply->str, reply->len}, 0};
    default: return {Answer::Kind::lost, "an answer of an unexpected type", 0};
  }
}

}  // namespace kasauti::adapters::redis
