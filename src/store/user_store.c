/* user_store: accounts, sessions, login throttling, one-time codes. Telephone numbers are sealed and found by
 * their index; one_time_code.phone holds the index only. */
#include "store/sealed.h"
#include "store/sets.h"

#define USER_COLS                                                                            \
    "u.id, u.role, u.login, u.phone, u.name, u.password, u.department, u.region, u.hall, "   \
    "u.disabled, u.created_at, u.is_head, u.email"

enum { Q_INSERT, Q_FIND, Q_LOGIN, Q_PHONE, Q_OFFICERS, Q_ROLE, Q_S_INSERT, Q_S_USER,
       Q_S_DELETE, Q_S_PURGE, Q_T_GET, Q_T_PUT, Q_T_CLEAR, Q_T_PURGE, Q_C_GET, Q_C_PUT, Q_C_DELETE,
       Q_C_PURGE };

static struct db_query USER_QUERIES[] = {
    [Q_INSERT] = { "user_insert",
                   "INSERT INTO user_account (id, role, login, phone, name, password, department, "
                   "region, hall, disabled, created_at, is_head, email, phone_index) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)", 0 },
    [Q_FIND] = { "user_find", "SELECT " USER_COLS " FROM user_account u WHERE u.id = $1", 0 },
    [Q_LOGIN] = { "user_login", "SELECT " USER_COLS " FROM user_account u WHERE u.login = $1", 0 },
    [Q_PHONE] = { "user_phone", "SELECT " USER_COLS " FROM user_account u "
                              "WHERE u.phone_index = $1", 0 },
    [Q_OFFICERS] = { "user_officers", "SELECT " USER_COLS " FROM user_account u "
                                      "WHERE u.login IS NOT NULL ORDER BY u.id", 0 },
    [Q_ROLE] = { "user_role",
                 "SELECT " USER_COLS " FROM user_account u WHERE u.login IS NOT NULL "
                 "AND u.disabled = 0 AND u.role = $1 AND ($2 = '' OR u.department = $2) "
                 "AND ($3 = '' OR u.region = $3) ORDER BY u.id", 0 },
    [Q_S_INSERT] = { "session_insert",
                     "INSERT INTO session (token_hash, user_id, created_at, expires_at) "
                     "VALUES ($1, $2, $3, $4)", 0 },
    [Q_S_USER] = { "session_user",
                   "SELECT " USER_COLS " FROM session s JOIN user_account u ON u.id = s.user_id "
                   "WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled = 0", 0 },
    [Q_S_DELETE] = { "session_delete", "DELETE FROM session WHERE token_hash = $1", 0 },
    [Q_S_PURGE] = { "session_purge", "DELETE FROM session WHERE expires_at <= $1", 0 },
    [Q_T_GET] = { "throttle_get",
                  "SELECT failures, since, blocked_until FROM throttle WHERE key = $1", 0 },
    [Q_T_PUT] = { "throttle_put",
                  "INSERT INTO throttle (key, failures, since, blocked_until) "
                  "VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO UPDATE SET "
                  "failures = excluded.failures, since = excluded.since, "
                  "blocked_until = excluded.blocked_until", 0 },
    [Q_T_CLEAR] = { "throttle_clear", "DELETE FROM throttle WHERE key = $1", 0 },
    [Q_T_PURGE] = { "throttle_purge",
                    "DELETE FROM throttle WHERE since < $1 AND blocked_until < $1", 0 },
    [Q_C_GET] = { "code_get", "SELECT code_hash, sent_at, expires_at, tries FROM one_time_code "
                              "WHERE phone = $1", 0 },
    [Q_C_PUT] = { "code_put",
                  "INSERT INTO one_time_code (phone, code_hash, sent_at, expires_at, tries) "
                  "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (phone) DO UPDATE SET "
                  "code_hash = excluded.code_hash, sent_at = excluded.sent_at, "
                  "expires_at = excluded.expires_at, tries = excluded.tries", 0 },
    [Q_C_DELETE] = { "code_delete", "DELETE FROM one_time_code WHERE phone = $1", 0 },
    [Q_C_PURGE] = { "code_purge", "DELETE FROM one_time_code WHERE expires_at < $1", 0 },
};
const struct db_query_set USER_SET = QUERY_SET(USER_QUERIES);

int user_insert(struct db_conn *c, const struct user_row *u, struct err *e)
{
    struct arena *a = arena_new();
    struct sv phone = seal_sv(c, a, SEALED_USER_PHONE, u->id, u->phone);
    struct sv index = phone_index(c, a, u->phone);
    int rc = exec_one(c, &USER_QUERIES[Q_INSERT],
                      DB_ARGS(DB_I(u->id), DB_T(u->role), arg_text_or_null(u->login),
                              arg_text_or_null(phone), DB_T(u->name),
                              arg_text_or_null(u->password), arg_text_or_null(u->department),
                              arg_text_or_null(u->region), arg_text_or_null(u->hall),
                              DB_I(u->disabled), DB_I(u->created_at), DB_I(u->head),
                              arg_text_or_null(u->email), arg_text_or_null(index)),
                      e);
    arena_free(a);
    return rc;
}

static void user_read(struct db_rows *r, struct arena *a, struct user_row *out)
{
    *out = (struct user_row){
        .id = db_int(r, 0), .role = col_sv(r, 1, a), .login = col_sv(r, 2, a),
        .phone = col_sealed(r, 3, a, SEALED_USER_PHONE, db_int(r, 0)),
        .name = col_sv(r, 4, a), .password = col_sv(r, 5, a),
        .department = col_sv(r, 6, a), .region = col_sv(r, 7, a), .hall = col_sv(r, 8, a),
        .disabled = db_int(r, 9) != 0, .created_at = db_int(r, 10),
        .head = db_int(r, 11) != 0, .email = col_sv(r, 12, a),
    };
}

static int user_one(struct db_conn *c, int query, const struct db_arg *args, size_t n,
                    struct arena *a, struct user_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    db_rows(c, &USER_QUERIES[query], args, n, &r, e);
    if (db_next(&r)) {
        user_read(&r, a, out);
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int user_find(struct db_conn *c, int64_t id, struct arena *a, struct user_row *out,
              struct err *e)
{
    return user_one(c, Q_FIND, DB_ARGS(DB_I(id)), a, out, e);
}

int user_find_login(struct db_conn *c, struct sv login, struct arena *a, struct user_row *out,
                    struct err *e)
{
    return user_one(c, Q_LOGIN, DB_ARGS(DB_T(login)), a, out, e);
}

int user_find_phone(struct db_conn *c, struct sv phone, struct arena *a, struct user_row *out,
                    struct err *e)
{
    return user_one(c, Q_PHONE, DB_ARGS(DB_T(phone_index(c, a, phone))), a, out, e);
}

static int user_rows(struct db_rows *r, struct arena *a, struct user_row **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    while (db_next(r))
        user_read(r, a, ROWS_PUSH(a, *out, *n, cap));
    return db_done(r);
}

int user_list_officers(struct db_conn *c, struct arena *a, struct user_row **out, size_t *n,
                       struct err *e)
{
    struct db_rows r;
    db_rows(c, &USER_QUERIES[Q_OFFICERS], DB_NO_ARGS, &r, e);
    return user_rows(&r, a, out, n);
}

int user_list_role(struct db_conn *c, struct sv role, struct sv department, struct sv region,
                   struct arena *a, struct user_row **out, size_t *n, struct err *e)
{
    struct db_rows r;
    db_rows(c, &USER_QUERIES[Q_ROLE], DB_ARGS(DB_T(role), DB_T(department), DB_T(region)), &r, e);
    return user_rows(&r, a, out, n);
}

static struct sv hash_sv(const struct sm3_hash *h)
{
    return sv_make((const char *)h->b, SM3_SIZE);
}

int session_insert(struct db_conn *c, const struct sm3_hash *token, int64_t user, int64_t now,
                   int64_t expires, struct err *e)
{
    return exec_one(c, &USER_QUERIES[Q_S_INSERT],
                    DB_ARGS(DB_B(hash_sv(token)), DB_I(user), DB_I(now), DB_I(expires)), e);
}

int session_user(struct db_conn *c, const struct sm3_hash *token, int64_t now, struct arena *a,
                 struct user_row *out, struct err *e)
{
    return user_one(c, Q_S_USER, DB_ARGS(DB_B(hash_sv(token)), DB_I(now)), a, out, e);
}

int session_delete(struct db_conn *c, const struct sm3_hash *token, struct err *e)
{
    return db_exec(c, &USER_QUERIES[Q_S_DELETE], DB_ARGS(DB_B(hash_sv(token))), e);
}

int session_purge(struct db_conn *c, int64_t now, struct err *e)
{
    return db_exec(c, &USER_QUERIES[Q_S_PURGE], DB_ARGS(DB_I(now)), e);
}

int throttle_get(struct db_conn *c, struct sv key, struct throttle_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    *out = (struct throttle_row){ 0 };
    db_rows(c, &USER_QUERIES[Q_T_GET], DB_ARGS(DB_T(key)), &r, e);
    if (db_next(&r)) {
        *out = (struct throttle_row){ db_int(&r, 0), db_int(&r, 1), db_int(&r, 2) };
        found = 1;
    }
    int rc = db_done(&r);
    return rc < 0 ? rc : found;
}

int throttle_put(struct db_conn *c, struct sv key, const struct throttle_row *row, struct err *e)
{
    return exec_one(c, &USER_QUERIES[Q_T_PUT],
                    DB_ARGS(DB_T(key), DB_I(row->failures), DB_I(row->since),
                            DB_I(row->blocked_until)),
                    e);
}

int throttle_clear(struct db_conn *c, struct sv key, struct err *e)
{
    return db_exec(c, &USER_QUERIES[Q_T_CLEAR], DB_ARGS(DB_T(key)), e);
}

int throttle_purge(struct db_conn *c, int64_t before, struct err *e)
{
    return db_exec(c, &USER_QUERIES[Q_T_PURGE], DB_ARGS(DB_I(before)), e);
}

int code_get(struct db_conn *c, struct sv phone, struct code_row *out, struct err *e)
{
    struct db_rows r;
    int found = 0;
    struct arena *a = arena_new();
    db_rows(c, &USER_QUERIES[Q_C_GET], DB_ARGS(DB_T(phone_index(c, a, phone))), &r, e);
    if (db_next(&r) && db_text(&r, 0).n == SM3_SIZE) {
        memcpy(out->hash.b, db_text(&r, 0).p, SM3_SIZE);
        out->sent_at = db_int(&r, 1);
        out->expires_at = db_int(&r, 2);
        out->tries = db_int(&r, 3);
        found = 1;
    }
    int rc = db_done(&r);
    arena_free(a);
    return rc < 0 ? rc : found;
}

int code_put(struct db_conn *c, struct sv phone, const struct code_row *row, struct err *e)
{
    struct arena *a = arena_new();
    int rc = exec_one(c, &USER_QUERIES[Q_C_PUT],
                      DB_ARGS(DB_T(phone_index(c, a, phone)), DB_B(hash_sv(&row->hash)),
                              DB_I(row->sent_at), DB_I(row->expires_at), DB_I(row->tries)),
                      e);
    arena_free(a);
    return rc;
}

int code_delete(struct db_conn *c, struct sv phone, struct err *e)
{
    struct arena *a = arena_new();
    int rc = db_exec(c, &USER_QUERIES[Q_C_DELETE], DB_ARGS(DB_T(phone_index(c, a, phone))), e);
    arena_free(a);
    return rc;
}

int code_purge(struct db_conn *c, int64_t before, struct err *e)
{
    return db_exec(c, &USER_QUERIES[Q_C_PURGE], DB_ARGS(DB_I(before)), e);
}
