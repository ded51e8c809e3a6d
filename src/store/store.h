/* store: rows <-> structs, all SQL (one file per aggregate).
 *
 * Functions here take a connection inside a transaction and do one thing to one aggregate; they
 * decide nothing. Returned text lives on the arena given. Conventions: 1 found / 0 not found /
 * negative error for finders, 0 or negative for changes. Dates use DATE_NONE for NULL.
 */
#ifndef YZ_STORE_STORE_H
#define YZ_STORE_STORE_H

#include "base/date.h"
#include "db/db.h"
#include "domain/case/case.h"
#include "sys/crypto.h"

/* Every query set of the program, for db_open. */
extern const struct db_query_set *const STORE_SETS[];
extern const size_t STORE_N_SETS;

/* Column helpers shared by the store files. */
struct sv col_sv(const struct db_rows *r, int col, struct arena *a);
int32_t col_date(const struct db_rows *r, int col);
struct db_arg arg_date(int32_t d);
struct db_arg arg_text_or_null(struct sv s);
/* db_exec that must change exactly one row: else ERR_CHANGED. */
int exec_one(struct db_conn *c, const struct db_query *q, const struct db_arg *args, size_t n,
             struct err *e);

/* ---- meta, catalogue versions, counters (meta_store.c) ---- */
int meta_get(struct db_conn *c, struct sv key, struct arena *a, struct sv *out, struct err *e);
int meta_set(struct db_conn *c, struct sv key, struct sv value, struct err *e);
/* origin: "shipped", or "office" for what was published here; the rest is the office's. */
struct catalog_row { struct sv version, digest, body; bool current; struct sv origin, batch;
                     int32_t published_on; int64_t published_by, draft_id; };
/* A version that is known keeps its content and may become the current one. */
int catalog_row_put(struct db_conn *c, const struct catalog_row *row, int64_t now, struct err *e);
int catalog_row_find(struct db_conn *c, struct sv version, struct arena *a,
                     struct catalog_row *out, struct err *e);
int catalog_row_current(struct db_conn *c, struct arena *a, struct catalog_row *out,
                        struct err *e);
/* Next value of a counter, from 1 on. */
int counter_next(struct db_conn *c, struct sv name, int64_t *out, struct err *e);

/* ---- people (user_store.c) ---- */
struct user_row {
    int64_t id;
    struct sv role, login, phone, name, password, department, region, hall, email;
    bool disabled;
    bool head; /* of a department */
    int64_t created_at;
};
int user_insert(struct db_conn *c, const struct user_row *u, struct err *e);
int user_find(struct db_conn *c, int64_t id, struct arena *a, struct user_row *out,
              struct err *e);
int user_find_login(struct db_conn *c, struct sv login, struct arena *a, struct user_row *out,
                    struct err *e);
int user_find_phone(struct db_conn *c, struct sv phone, struct arena *a, struct user_row *out,
                    struct err *e);
int user_list_officers(struct db_conn *c, struct arena *a, struct user_row **out, size_t *n,
                       struct err *e);
/* Officers of a role who are not disabled, in order of id. department, region: "" = any. */
int user_list_role(struct db_conn *c, struct sv role, struct sv department, struct sv region,
                   struct arena *a, struct user_row **out, size_t *n, struct err *e);
int session_insert(struct db_conn *c, const struct sm3_hash *token, int64_t user, int64_t now,
                   int64_t expires, struct err *e);
/* The user of a live session. */
int session_user(struct db_conn *c, const struct sm3_hash *token, int64_t now, struct arena *a,
                 struct user_row *out, struct err *e);
int session_delete(struct db_conn *c, const struct sm3_hash *token, struct err *e);
int session_purge(struct db_conn *c, int64_t now, struct err *e);
struct throttle_row { int64_t failures, since, blocked_until; };
int throttle_get(struct db_conn *c, struct sv key, struct throttle_row *out, struct err *e);
int throttle_put(struct db_conn *c, struct sv key, const struct throttle_row *row,
                 struct err *e);
int throttle_clear(struct db_conn *c, struct sv key, struct err *e);
/* Rows that neither count nor block since `before`. */
int throttle_purge(struct db_conn *c, int64_t before, struct err *e);
struct code_row { struct sm3_hash hash; int64_t sent_at, expires_at, tries; };
int code_get(struct db_conn *c, struct sv phone, struct code_row *out, struct err *e);
int code_put(struct db_conn *c, struct sv phone, const struct code_row *row, struct err *e);
int code_delete(struct db_conn *c, struct sv phone, struct err *e);
int code_purge(struct db_conn *c, int64_t before, struct err *e);

/* ---- idempotency (work_store.c) ---- */
struct idem_row { struct sv digest, ref; };
int idem_find(struct db_conn *c, struct sv actor, struct sv key, struct arena *a,
              struct idem_row *out, struct err *e);
int idem_insert(struct db_conn *c, struct sv actor, struct sv key, const struct idem_row *row,
                int64_t now, struct err *e);
int idem_purge(struct db_conn *c, int64_t before, struct err *e);

#endif
