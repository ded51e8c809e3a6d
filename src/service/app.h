/* app: what every use case needs: the database, the keys, the calendar, the catalogues.
 *
 * One per process. Nothing here is state that another node could contradict: catalogues are
 * immutable per version, keys follow the key directory and calendars the database within a second.
 */
#ifndef YZ_SERVICE_APP_H
#define YZ_SERVICE_APP_H

#include <pthread.h>
#include <semaphore.h>

#include "domain/catalog/form.h"
#include "domain/case/supervise.h"
#include "domain/law/clock.h"
#include "service/gateway.h"
#include "service/key_ring.h"
#include "service/template.h"
#include "store/case_store.h"
#include "store/licence_store.h"
#include "store/notice_store.h"
#include "store/process_store.h"

enum role { ROLE_NONE, ROLE_APPLICANT, ROLE_CLERK, ROLE_REVIEWER, ROLE_BUREAU, ROLE_ADMIN,
            ROLE_GOVERNMENT /* the head of the people's government: art. 42(2) */, ROLES };
const char *role_key(enum role r);
const char *role_text(enum role r);
enum role role_of(struct sv key);

/* Who acts. Text is borrowed from the request's arena. */
struct actor {
    int64_t id;
    enum role role;
    struct sv name, phone, login, department, region, hall;
    bool head; /* of the department: art. 42(1) */
};

struct catalog_slot;
struct calendars;
struct share_client;
struct desk;
struct status_cache;
struct elicence;
struct readings;
struct register_pairs;

/* Limits of 审管联动 as data (service/supervise.h), and how sure they are. */
struct supervision_settings { struct supervision_limits limits;
                              struct sv note, acknowledge_certainty, answer_certainty; };

struct app {
    struct arena *arena;
    struct db *db;
    struct sv data_dir;
    struct sv public_url; /* "https://zwfw.example", no slash at the end */
    bool demo;
    struct calendars *calendars; /* the snapshot in use: service/calendar.h */
    struct notices notices;   /* what people are told */
    struct supervision_settings supervision;
    struct gateways gateways; /* and by which way */
    struct share_client *enterprises, *licences; /* sources that are asked; NULL: not configured */
    _Atomic(struct key_ring *) keys; /* the snapshot in use: app_keys */
    struct sm3_hash mac_key; /* authenticates the ledger's head */
    int64_t upload_cap;      /* bytes */
    int64_t archive_days;    /* closed so many days ago: archived by itself; 0 never */
    int64_t archive_after;   /* where that job goes on: only its own thread */
    sem_t hashing;           /* password checks at once: each takes 19 MB */
    pthread_mutex_t lock;    /* catalogue slots */
    struct catalog_slot *slots;
    struct status_cache *status; /* published status lists: service/status.h */
    struct readings *readings; /* that wait for the database: service/personal.h */
    struct elicence *elicence; /* codes and seals of electronic licences */
    struct register_pairs *register_pairs; /* how common they are: service/register.h */
    int64_t register_cared; /* size of the log when the register's index was last put together; of the jobs' thread */
    struct desk *desk;         /* drafts of the catalogue under work: service/desk.h */
    /* The current version: read it once for one piece of work, another may take its place. Old ones
     * stay until app_close. */
    _Atomic(struct catalog *) catalog;
};

/* The keys as they stand: read once for one piece of work; see key_ring.h. */
const struct key_ring *app_keys(const struct app *app);

struct app_options {
    const char *data_dir;
    const char *db_url;     /* NULL: DATA/yizheng.db */
    const char *public_url; /* NULL: set later */
    size_t readers;
    void (*progress)(const char *what, int64_t done, int64_t total); /* of what takes long; may be NULL */
};

/* DATA/yizheng.db when options name no database. */
struct sv app_db_url(const struct app_options *o, struct arena *a);

/* Open an initialised data directory: migrate, load keys, calendar, current catalogue. When the
 * program ships a newer catalogue than the database has, it becomes current, unless the office has
 * published one of its own: then it is only kept, to be compared and drafted from. NULL with e. */
struct app *app_open(const struct app_options *o, struct err *e);
#define DEMO_FILLING SV("filling") /* the setting "demo" while demonstration data is being made */
void app_close(struct app *app);

/* Make a data directory: folders, keys, schema, catalogue. Refuses to touch an existing one
 * unless it is already complete (then 1: nothing to do). */
int app_init(const struct app_options *o, bool demo, struct err *e);

/* The catalogue a case was filed under; loaded once (on conn, inside its transaction) and kept. */
const struct catalog *app_catalog(struct app *app, struct db_conn *conn, struct sv version,
                                  struct err *e);

/* The working-day calendar of a region ("" = the nation's): extra holidays of the region (or of the
 * city it belongs to) on top of the State Council's. Borrowed until app_close; immutable. An import
 * puts another in its place (service/calendar.h): ask again for each request or transaction. */
const struct calendar *app_calendar(const struct app *app, struct sv region);

/* ---- one command ---- */
struct command {
    const struct actor *actor;
    int64_t now;            /* ms UTC */
    struct sv idem_key;     /* "" none */
    struct sv idem_digest;  /* SM3 hex of method, path and body */
    int64_t if_match;       /* version the caller saw; 0 = not given */
};
/* In a write transaction: 1 = this key was used for the same request before and ref tells its
 * outcome; 0 = go on; ERR_CONFLICT = used for another request. */
int command_begin(struct db_conn *c, const struct command *cmd, struct arena *a, struct sv *ref,
                  struct err *e);
int command_end(struct db_conn *c, const struct command *cmd, struct sv ref, struct err *e);
/* P… If-Match: ERR_CHANGED unless version is the one the caller saw. */
int command_match(const struct command *cmd, int64_t version, struct err *e);

/* Does an officer's region (a district, or the city) include this region? */
bool region_covers(const struct catalog *c, struct sv officer_region, struct sv region);

/* 138****1234 / 150302********1234: on the arena. */
struct sv mask_phone(struct arena *a, struct sv phone);
struct sv mask_id(struct arena *a, struct sv id);

#endif
