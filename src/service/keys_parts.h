/* keys_parts: what the files of service/keys*.c share. */
#ifndef YZ_SERVICE_KEYS_PARTS_H
#define YZ_SERVICE_KEYS_PARTS_H

#include "service/keys.h"

enum key_purpose { KEY_CA, KEY_LICENCE, KEY_SEAL, KEY_DATA, KEY_PURPOSES };
const char *key_purpose_key(enum key_purpose p);  /* as in file names: "licence" */
const char *key_purpose_text(enum key_purpose p); /* 证照签发 */

struct key_entry {
    enum key_purpose purpose;
    char id[17];
    int64_t created_ms, from_ms, until_ms, revoked_ms; /* 0: none */
    struct sv reason;
    bool current;
};

/* sweep: values under other data keys than the current one may still be in the database. */
struct manifest { struct key_entry *keys; size_t n, cap; bool sweep; };

/* Pure: text on a. ERR_CONFIG with what is wrong. */
int manifest_parse(struct sv text, struct arena *a, struct manifest *out, struct err *e);
struct sv manifest_text(const struct manifest *m, struct arena *a);
struct key_entry *manifest_find(const struct manifest *m, enum key_purpose p, struct sv id);
struct key_entry *manifest_current(const struct manifest *m, enum key_purpose p);
/* A new entry at the end; current takes that from the one before. */
struct key_entry *manifest_add(struct manifest *m, struct arena *a, const struct key_entry *entry);

/* The directory under work. */
struct key_dir { struct arena *arena; struct sv data_dir, passphrase; int lock; struct manifest m; };

/* Read the manifest, or make one of what a directory of before holds. write: under the lock, and with the
 * passphrase. ERR_CONFIG when not initialised and nothing is to be made. */
int key_dir_open(struct sv data_dir, struct arena *a, bool write, struct key_dir *out,
                 struct err *e);
int key_dir_save(struct key_dir *d, struct err *e);
void key_dir_close(struct key_dir *d);
/* DATA/keys/<purpose>-<id>.<ending>, or DATA/keys/<name>. */
const char *key_file(const struct key_dir *d, const struct key_entry *k, const char *ending);
const char *key_path(const struct key_dir *d, const char *name);
/* Whole file, trimmed, on the arena. */
int key_read(const struct key_dir *d, const char *path, struct sv *out, struct err *e);
/* The 32 bytes of a .key or .mac file. */
int key_read_secret(const struct key_dir *d, const char *path, struct sm3_hash *out,
                    struct err *e);
/* The text of such a file under a passphrase ("": in clear), added to out. */
void key_secret_text(struct sv passphrase, const struct sm3_hash *secret, struct buf *out);
/* ERR_CONFIG: too long. */
int passphrase_check(struct sv passphrase, struct err *e);

/* Files and entry of a new key; not saved. The manifest must have a current CA unless that is what is made. */
int key_make(struct key_dir *d, enum key_purpose p, bool current, int64_t now, struct err *e);
/* Everything that a complete directory has, saved when something was missing. */
int keys_complete(struct key_dir *d, int64_t now, struct err *e);

#endif
