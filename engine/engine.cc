// The only file that knows all parts. They stand in the order of the data: what a part has to tell
// one to its left goes through a callback that is set here.
#include "engine/engine.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <filesystem>
#include <memory>
#include <utility>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/disk_watch.h"
#include "engine/entities/entities.h"
#include "engine/http/api_wiring.h"
#include "engine/http/http_server.h"
#include "engine/intake/intake_server.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"
#include "engine/match/dispatcher.h"
#include "engine/match/entity_catalog.h"
#include "engine/notify/notification_desk.h"
#include "engine/retention/retention.h"
#include "engine/run/attempt_directories.h"
#include "engine/run/process_runner.h"
#include "engine/run/runner.h"
#include "engine/run/step_cgroups.h"
#include "engine/secrets/secret_store.h"
#include "engine/users.h"

namespace tripgate {
namespace {

namespace fs = std::filesystem;

/// Exit status after the store broke; an init system starts the engine again.
constexpr int kStoreBroken = 70;

/// Between two looks for workers that died with a reader slot.
constexpr std::chrono::seconds kTendInterval{10};

/// Between two counts of the events that wait; at 50,000 a second the bound is overshot by 5,000.
constexpr std::chrono::milliseconds kCountInterval{100};

/// How long Ctrl-C waits for aborted steps: their KILL comes after ten seconds.
constexpr std::chrono::seconds kAbortWait{15};

/// Name of the token that `make run` and the first administrator use.
constexpr const char* kAdminTokenName = "admin";

/// Free memory at the end of a heap that is not given back to the kernel.
constexpr int kKeptBytes = 4 << 20;

/// Groups of events come and go a hundred times a second, a few hundred kilobytes each. Given back
/// and taken again, every page of them would cost a fault.
void keep_freed_memory() {
  ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
  ::mallopt(M_MMAP_THRESHOLD, kKeptBytes);
}

ErrorCode make_directory(const std::string& path, unsigned mode) {
  if (const ErrorCode failed = make_durable_directory(path)) return failed;
  if (::chmod(path.c_str(), mode) != 0) return last_system_error();
  return {};
}

class Engine {
 public:
  explicit Engine(const Config& config)
      : config_(config), disk_(loop_.get_executor(), config.state_dir, config.min_free_bytes) {}

  /// Servers first: nobody may ask parts that are gone. The intake's connections stay until the
  /// writer has told them of their last events.
  ~Engine() {
    admin_server_.reset();
    http_server_.reset();
    if (intake_) intake_->stop();
    if (retention_) retention_->stop();
    if (store_) store_->stop();
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Each step says in the log why it failed.
  bool start() {
    return find_users() && prepare_places() && open_stores() && make_admin_token() &&
           start_running() && start_servers();
  }

  void run() {
    signals_.async_wait([this](const ErrorCode& failed, int signal) {
      if (!failed) stop(signal);
    });
    tend();
    loop_.run();
  }

 private:
  static bool fail(const std::string& what, const std::string& why) {
    log_error(what + ": " + why);
    return false;
  }

  bool find_users() {
    if (config_.worker_user) {
      const auto user = find_user(*config_.worker_user);
      if (!user) return fail("worker_user", user.error().message);
      worker_uid_ = user->uid;
    }
    if (config_.shared_group) {
      const auto group = find_group(*config_.shared_group);
      if (!group) return fail("shared_group", group.error().message);
      shared_gid_ = *group;
    }
    if (config_.step_user) {
      const auto user = find_user(*config_.step_user);
      if (!user) return fail("step_user", user.error().message);
      step_user_ = *user;
    } else if (::geteuid() == 0) {
      return fail("step_user", "steps would run as root: name another user, or root if it must be");
    }
    return true;
  }

  bool prepare_places() { return make_directories() && prepare_cgroups(); }

  bool make_directories() {
    const std::pair<std::string, unsigned> directories[] = {
        {config_.state_dir + "/state", 0700},
        {config_.state_dir + "/bodies", 0700},
        {config_.state_dir + "/steps", 0700},
        {fs::path(config_.admin_socket).parent_path().string(), 0700},
    };
    for (const auto& [path, mode] : directories) {
      if (const ErrorCode failed = make_directory(path, mode)) return fail(path, failed.message());
    }
    return true;
  }

  bool open_stores() {
    auto store = StateStore::open(config_.state_dir + "/state");
    if (!store && store.error() == boost::system::errc::device_or_resource_busy) {
      return fail("the state store", "another engine runs on " + config_.state_dir);
    }
    if (!store) return fail("the state store", store.error().message());
    store_ = std::move(*store);
    store_->on_broken([](ErrorCode reason) {
      log_error("the state store broke: " + reason.message() + "; starting again recovers");
      ::_exit(kStoreBroken);
    });
    auto journal = Journal::open(*store_, config_.state_dir);
    if (!journal) return fail("the journal", journal.error().message());
    journal_ = std::move(*journal);
    auto entities = entities::Entities::open(
        *store_, {.edge_dir = config_.edge_dir,
                  .group = shared_gid_,
                  .are_webhook_tokens_made = config_.are_webhook_tokens_made});
    if (!entities) return fail("the edge store", entities.error().message());
    entities_ = std::move(*entities);
    secrets_ = std::make_unique<SecretStore>(
        *store_, SecretKeyFile(config_.state_dir + "/keys/secrets.key"));
    const ErrorCode failed =
        entities_->ensure_scope({config_.account, config_.org, config_.project});
    return failed ? fail("the first project", failed.message()) : true;
  }

  /// Writes admin.token (0600) unless it is there already.
  bool make_admin_token() {
    const std::string path = config_.state_dir + "/admin.token";
    if (fs::exists(path)) return true;
    // A token whose file was lost cannot be shown again; a new one takes its name.
    (void)entities_->revoke_token(config_.account, kAdminTokenName);
    const auto token = entities_->create_token({.type = PrincipalType::user,
                                                .name = kAdminTokenName,
                                                .role = entities::Role::admin,
                                                .scope = {config_.account, "", ""}},
                                               clock_.now_ms());
    if (!token) return fail("the admin token", token.error().message);
    const ErrorCode failed = write_durable_file(path, *token + '\n', 0600);
    if (failed) return fail(path, failed.message());
    return true;
  }

  /// A limit that the host does not let us enforce is said, and is no reason to stay away.
  bool prepare_cgroups() {
    const StepLimits& limits = config_.step_limits;
    StepCgroups groups;
    if (!config_.step_cgroup.empty()) {
      const auto prepared = prepare_step_cgroups(config_.step_cgroup);
      if (!prepared) return fail("steps.cgroup", prepared.error().message());
      groups = *prepared;
    }
    const bool is_short = (limits.memory_bytes != 0 && !groups.bounds_memory) ||
                          (limits.processes != 0 && !groups.bounds_processes);
    if (is_short) {
      log_warning(
          "steps.memory and steps.processes are not in force: steps.cgroup names no "
          "control group that has these controllers");
    }
    return true;
  }

  bool start_running() {
    catalog_ = std::make_unique<EntityCatalog>(*entities_);
    commands_ = std::make_unique<ProcessRunner>(
        loop_.get_executor(), ProcessRunnerConfig{.supervisor_path = config_.step_program,
                                                  .steps_directory = config_.state_dir + "/steps",
                                                  .user = step_user_,
                                                  .limits = config_.step_limits,
                                                  .cgroup_parent = config_.step_cgroup});
    notifications_ =
        std::make_unique<NotificationDesk>(NotificationDesk::Parts{.executor = loop_.get_executor(),
                                                                   .store = *store_,
                                                                   .commands = *commands_,
                                                                   .calls = config_.calls,
                                                                   .secrets = secrets_.get(),
                                                                   .account = config_.account});
    runner_ = std::make_unique<Runner>(Runner::Parts{
        .executor = loop_.get_executor(),
        .store = *store_,
        .journal = *journal_,
        .catalog = *catalog_,
        .commands = *commands_,
        .clock = clock_,
        .limits = {.running_max = config_.max_running,
                   .running_per_project_max = config_.max_running_per_project,
                   .processes_max = config_.max_running_steps,
                   .backlog_max = config_.max_backlog},
        .calls = config_.calls,
        .plan_defaults = {},
        .on_room = [this] { dispatcher_->wake(); },
        .on_ended = {},
        .on_announcement =
            [this](const Announcement& announcement) { notifications_->announce(announcement); },
        .public_url = config_.public_url,
        .secrets = secrets_.get(),
        .user_groups = config_.user_groups});
    dispatcher_ = std::make_unique<Dispatcher>(Dispatcher::Parts{
        .executor = loop_.get_executor(),
        .store = *store_,
        .journal = *journal_,
        .catalog = *catalog_,
        .clock = clock_,
        .limits = {},
        .plan_defaults = {},
        .room = [this] { return runner_->room(); },
        .begin = [this](std::span<PlannedRun* const> runs) { runner_->begin_new(runs); },
        .on_created =
            [this](const std::vector<CreatedRun>& created) { runner_->take_over(created); },
        .on_settled = [this] { runner_->offer_events(); },
        .mark_path = config_.state_dir + "/state/judging"});
    if (const ErrorCode failed = remove_unused_attempts(*store_, config_.state_dir + "/steps")) {
      log_error("directories of steps cannot be looked through: " + failed.message());
    }
    if (const ErrorCode failed = runner_->recover()) {
      return fail("the executions of earlier engines", failed.message());
    }
    journal_->on_durable([this] { dispatcher_->wake(); });
    dispatcher_->start(config_.is_dispatch_paused);
    return true;
  }

  bool start_servers() {
    retention_ = std::make_unique<Retention>(
        Retention::Parts{.store = *store_,
                         .journal = *journal_,
                         .clock = clock_,
                         .settings = config_.retention,
                         .steps_directory = config_.state_dir + "/steps"});
    disk_.start();
    count_unsettled();
    auto intake = IntakeServer::start(
        {.socket_path = config_.intake_socket,
         .socket_gid = shared_gid_,
         .worker_uid = worker_uid_},
        {.journal = *journal_,
         .current_generation = [this] { return entities_->current_generation(); },
         .judge = [this](const EventHead& head) { return judge(head); },
         .refusal = [this] { return refusal(); }});
    if (!intake) return fail("the intake socket", intake.error().message());
    intake_ = std::move(*intake);
    const http::Handler handler =
        http::make_handler(http::wire_api({.config = config_,
                                           .clock = clock_,
                                           .store = *store_,
                                           .journal = *journal_,
                                           .entities = *entities_,
                                           .secrets = *secrets_,
                                           .catalog = *catalog_,
                                           .runner = *runner_,
                                           .commands = *commands_,
                                           .retention = *retention_,
                                           .why_not_ready = [this] { return why_not_ready(); }}));
    auto http_server = http::HttpServer::start(
        {.socket_path = config_.http_socket, .mode = 0660, .limits = {}}, handler);
    if (!http_server) return fail("the HTTP socket", http_server.error().message());
    http_server_ = std::move(*http_server);
    auto admin_server = http::HttpServer::start(
        {.socket_path = config_.admin_socket, .mode = 0600, .is_admin = true, .limits = {}},
        handler);
    if (!admin_server) return fail("the admin socket", admin_server.error().message());
    admin_server_ = std::move(*admin_server);
    if (shared_gid_ && ::chown(config_.http_socket.c_str(), uid_t(-1), *shared_gid_) != 0) {
      return fail("the HTTP socket", last_system_error().message());
    }
    retention_->start();
    log_info("accepting events on " + config_.intake_socket);
    return true;
  }

  std::optional<Refusal> judge(const EventHead& head) const {
    const auto denial = entities_->judge(head, clock_.now_ms());
    if (!denial) {
      return Refusal{503, limits::kRetryAfterSeconds, "UNAVAILABLE", "The store cannot be read"};
    }
    if (!*denial) return std::nullopt;
    return Refusal{(*denial)->http_status, 0, (*denial)->code, (*denial)->message};
  }

  std::optional<std::string> why_not_ready() const {
    if (disk_.is_full()) return "The disk is nearly full";
    if (runner_->room() == 0) return "Too many executions are waiting";
    if (unsettled_count_ >= config_.max_backlog) return "Too many events are waiting";
    return std::nullopt;
  }

  std::optional<Refusal> refusal() const {
    const std::optional<std::string> reason = why_not_ready();
    if (!reason) return std::nullopt;
    return Refusal{503, limits::kRetryAfterSeconds, "UNAVAILABLE", *reason};
  }

  /// Events that nothing was decided about yet; all of them while dispatch is paused.
  void count_unsettled() {
    if (const Result<EventSequence> settled = journal_->settled()) {
      unsettled_count_ = journal_->last_durable() - *settled;
    }
    count_timer_.expires_after(kCountInterval);
    count_timer_.async_wait([this](const ErrorCode& cancelled) {
      if (!cancelled) count_unsettled();
    });
  }

  void tend() {
    // Waits for the disk for a moment only when a worker has died or the edge fell behind.
    if (const ErrorCode failed = entities_->tend_edge()) {
      log_warning("the edge store could not be tended: " + failed.message());
    }
    tend_timer_.expires_after(kTendInterval);
    tend_timer_.async_wait([this](const ErrorCode& cancelled) {
      if (!cancelled) tend();
    });
  }

  void stop(int signal) {
    intake_->stop();
    dispatcher_->stop();
    if (signal == SIGTERM || runner_->running_count() == 0) return end();
    log_info("aborting " + std::to_string(runner_->running_count()) +
             " running executions; interrupt again to leave their steps running");
    runner_->abort_all();
    signals_.async_wait([this](const ErrorCode& failed, int) {
      if (!failed) end();
    });
    end_when_idle(std::chrono::steady_clock::now() + kAbortWait);
  }

  void end_when_idle(std::chrono::steady_clock::time_point deadline) {
    if (runner_->running_count() == 0 || std::chrono::steady_clock::now() >= deadline) return end();
    idle_timer_.expires_after(std::chrono::milliseconds(50));
    idle_timer_.async_wait([this, deadline](const ErrorCode& cancelled) {
      if (!cancelled) end_when_idle(deadline);
    });
  }

  void end() {
    runner_->stop();
    loop_.stop();
  }

  const Config& config_;
  SystemClock clock_;
  boost::asio::io_context loop_{1};
  boost::asio::signal_set signals_{loop_, SIGINT, SIGTERM};
  boost::asio::steady_timer tend_timer_{loop_};
  boost::asio::steady_timer idle_timer_{loop_};
  boost::asio::steady_timer count_timer_{loop_};
  std::atomic<std::uint64_t> unsettled_count_ = 0;
  std::optional<unsigned> worker_uid_;
  std::optional<unsigned> shared_gid_;
  std::optional<StepUser> step_user_;
  DiskWatch disk_;
  std::unique_ptr<StateStore> store_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<entities::Entities> entities_;
  std::unique_ptr<SecretStore> secrets_;
  std::unique_ptr<EntityCatalog> catalog_;
  std::unique_ptr<ProcessRunner> commands_;
  std::unique_ptr<NotificationDesk> notifications_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Retention> retention_;
  std::unique_ptr<IntakeServer> intake_;
  std::unique_ptr<http::HttpServer> http_server_;
  std::unique_ptr<http::HttpServer> admin_server_;
};

}  // namespace

int run_engine(const Config& config) {
  std::signal(SIGPIPE, SIG_IGN);
  keep_freed_memory();
  Engine engine(config);
  if (!engine.start()) return 1;
  engine.run();
  return 0;
}

}  // namespace tripgate
