"""The Prometheus registry and every metric in it; labels are bounded sets, never users."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.process_collector import ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

FAST = (0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

HTTP_REQUESTS = Counter(
    "http_requests", "Requests by route pattern and status.", ["method", "route", "status"], registry=REGISTRY
)
HTTP_SECONDS = Histogram(
    "http_request_duration_seconds",
    "From the request's headers to the end of its answer.",
    ["method", "route"],
    buckets=FAST,
    registry=REGISTRY,
)
LOCK_WAIT_SECONDS = Histogram(
    "lea_lock_wait_seconds", "Time spent waiting for a lock.", ["level"], buckets=FAST, registry=REGISTRY
)
LOCK_HELD_SECONDS = Histogram(
    "lea_lock_held_seconds", "Time a lock was held.", ["level"], buckets=FAST, registry=REGISTRY
)
LOAD_SECONDS = Histogram(
    "lea_load_seconds", "Loading a part of a session.", ["phase", "outcome"], buckets=FAST, registry=REGISTRY
)
DATABASE_SECONDS = Histogram(
    "lea_database_seconds", "A unit of work, waiting included.", ["kind"], buckets=FAST, registry=REGISTRY
)
CHECKPOINT_SECONDS = Histogram(
    "lea_checkpoint_seconds", "Saving what all live answers have said.", buckets=FAST, registry=REGISTRY
)
CACHE_REQUESTS = Counter(
    "lea_cache_requests", "Look-ups by how they were answered.", ["cache", "outcome"], registry=REGISTRY
)
CACHE_AGE_SECONDS = Histogram(
    "lea_cache_age_seconds",
    "Age of values given from a cache.",
    ["cache"],
    buckets=(0.1, 1, 5, 10, 30, 60, 300, 3600),
    registry=REGISTRY,
)
LOOP_LAG_SECONDS = Histogram(
    "lea_loop_lag_seconds", "How late the loop's heartbeat was.", buckets=FAST, registry=REGISTRY
)
LOOP_BLOCKED = Counter("lea_loop_blocked", "Calls that held the loop up, named in the log.", registry=REGISTRY)
SESSIONS = Gauge("lea_sessions", "Sessions in memory.", registry=REGISTRY)
LIVE_TURNS = Gauge("lea_live_turns", "Turns that have not ended.", registry=REGISTRY)
REFUSED = Counter(
    "lea_refused", "Turns and streams refused because there were too many.", ["kind", "scope"], registry=REGISTRY
)
FOLLOWERS = Gauge("lea_followers", "Open event streams.", registry=REGISTRY)
TURNS = Counter("lea_turns", "Turns ended.", ["finish_reason", "provider"], registry=REGISTRY)
FEEDBACK = Counter("lea_feedback", "What people said of answers.", ["rating"], registry=REGISTRY)
FIRST_TOKEN_SECONDS = Histogram(
    "lea_first_token_seconds", "From the request to the first text.", buckets=FAST, registry=REGISTRY
)
TOKENS_PER_SECOND = Histogram(
    "lea_answer_tokens_per_second",
    "Tokens of an answer over the time between its first and its last.",
    ["provider"],
    buckets=(1, 2, 5, 10, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000),
    registry=REGISTRY,
)
FIRST_BYTE_SECONDS = Histogram(
    "lea_first_byte_seconds",
    "From the request's headers to the first byte of a stream.",
    buckets=FAST,
    registry=REGISTRY,
)
COST = Counter("lea_cost_usd", "What answers cost in US dollars, as far as known.", ["provider"], registry=REGISTRY)
TOKENS = Counter("lea_tokens", "Tokens used.", ["kind"], registry=REGISTRY)
MODEL_ATTEMPTS = Counter("lea_model_attempts", "Calls to a model.", ["provider", "outcome"], registry=REGISTRY)
BREAKER_STATE = Gauge("lea_breaker_state", "0 closed, 1 half open, 2 open.", ["dependency"], registry=REGISTRY)
BREAKER_TRANSITIONS = Counter(
    "lea_breaker_transitions",
    "Changes of a circuit breaker, by what it became.",
    ["dependency", "state"],
    registry=REGISTRY,
)
DEPENDENCY_CALLS = Counter(
    "lea_dependency_calls", "Calls out of the process, refused ones too.", ["dependency", "outcome"], registry=REGISTRY
)
DEPENDENCY_RETRIES = Counter(
    "lea_dependency_retries",
    "Retries made, and those the budget forbade.",
    ["dependency", "outcome"],
    registry=REGISTRY,
)
DEPENDENCY_WAITING = Gauge(
    "lea_dependency_waiting", "Calls that wait for their turn.", ["dependency"], registry=REGISTRY
)
FAILOVERS = Counter("lea_failovers", "Answers another provider was asked for.", ["provider"], registry=REGISTRY)
WHATSAPP_MESSAGES = Counter(
    "lea_whatsapp_messages", "Messages of WhatsApp by what became of them.", ["direction", "outcome"], registry=REGISTRY
)
WEBHOOK_ATTEMPTS = Counter(
    "lea_webhook_attempts", "Requests to webhooks by what became of the delivery.", ["outcome"], registry=REGISTRY
)
WEBHOOK_SECONDS = Histogram("lea_webhook_seconds", "A request to a webhook.", buckets=FAST, registry=REGISTRY)
REDIS_SECONDS = Histogram("lea_redis_seconds", "A command to Redis, as waited for.", buckets=FAST, registry=REGISTRY)
REDIS_AVAILABLE = Gauge(
    "lea_redis_available", "1 while Redis can be used; nothing without one.", ["dependency"], registry=REGISTRY
)
