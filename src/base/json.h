/* json: jansson behind a few careful helpers.
 *
 * Input is strict: UTF-8, no NUL, no duplicate keys, depth and size capped, and no
 * floating-point numbers (legal quantities travel as decimal strings or integers).
 * A json_t is also the one tree type for data whose shape the catalogue decides
 * (form values, guide answers): a second tree would be a copy of jansson.
 */
#ifndef YZ_BASE_JSON_H
#define YZ_BASE_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

enum { JSON_DEPTH_MAX = 64 };

/* Parse text. Returns a new reference (json_decref) or NULL with *e set
 * (ERR_MALFORMED, line and column in the sentence). */
json_t *json_parse(struct sv text, struct err *e);

/* Members of an object; empty sv / fallback when absent or of another type. */
struct sv json_sv(const json_t *obj, const char *key);
int64_t json_i64(const json_t *obj, const char *key, int64_t fallback);
bool json_bool(const json_t *obj, const char *key, bool fallback);

/* The text of a json string value (not a member); empty when it is none. */
struct sv json_text(const json_t *value);

/* obj[key] = text (copied). text must be UTF-8, else the member is left out. */
void json_put_sv(json_t *obj, const char *key, struct sv text);
void json_put_i64(json_t *obj, const char *key, int64_t v);
void json_put_bool(json_t *obj, const char *key, bool v);
void json_put(json_t *obj, const char *key, json_t *steal); /* takes the reference */
void json_push(json_t *arr, json_t *steal);
void json_push_sv(json_t *arr, struct sv text);

/* Compact text; sorted keys make it canonical (hashing, comparing). */
void json_write(struct buf *out, const json_t *v, bool sorted);
struct sv json_dump(struct arena *a, const json_t *v, bool sorted);

/* pointer + "/" + key with RFC 6901 escapes, on the arena. */
struct sv json_pointer(struct arena *a, struct sv base, struct sv key);
struct sv json_pointer_at(struct arena *a, struct sv base, size_t index);

/* ---- declarative decoding of request bodies ---- */

enum json_kind { JSON_K_TEXT, JSON_K_INT, JSON_K_BOOL, JSON_K_OBJECT, JSON_K_ARRAY };

/* One member of a request struct. Text is trimmed, must be clean UTF-8 and at most
 * max code points; ints lie in min..max. Objects and arrays are borrowed as json_t *. */
struct json_field {
    const char *name;
    const char *label; /* Chinese, for problems */
    enum json_kind kind;
    bool required;
    size_t offset; /* into the struct: struct sv, int64_t, bool or json_t * */
    int64_t min;
    int64_t max;
};

/* Fill *out from obj by the table; unknown, missing, oversize and wrong-typed members
 * each become a problem, all at once. 0 or ERR_INVALID / ERR_MALFORMED (not an object).
 * Borrowed text lives as long as obj. */
int json_decode(const json_t *obj, const struct json_field *fields, size_t n, void *out,
                struct err *e);

#endif
