/* keys: the secrets of a data directory, in files readable by the service only.
 *
 *   DATA/keys/manifest.json      which keys there are, since when, until when, revoked why
 *   DATA/keys/ca-<id>.*          the directory's own authority: signs the certificates of the others
 *   DATA/keys/licence-<id>.*     sign licences and tree heads: one current, old ones verify for ever
 *   DATA/keys/seal-<id>.*        makes electronic seals
 *       .pem private (PKCS#8, encrypted when a passphrase is given), .pub public (SPKI), .crt certificate
 *   DATA/keys/data-<id>.key      encrypt personal data in the database (sys/vault.h)
 *   DATA/keys/index.key          finds a telephone number that is encrypted; never changes
 *   DATA/keys/ledger.mac         key of the ledger head's MAC; never changes
 *   DATA/keys/current            id of the current licence key, for programs from before the manifest
 *
 * <id> is the key's id: 16 hex digits. The passphrase comes from YIZHENG_KEY_PASSPHRASE, from the file
 * that YIZHENG_KEY_PASSPHRASE_FILE names, or from the systemd credential "key-passphrase". A directory of
 * before is completed when it is opened. See docs/keys.md.
 */
#ifndef YZ_SERVICE_KEYS_H
#define YZ_SERVICE_KEYS_H

#include "service/app.h"

/* Make what is missing. */
int keys_create(struct sv data_dir, struct err *e);
/* Fill app->keys and mac_key from app->data_dir, completing it first. ERR_CONFIG: not initialised, readable by
 * others, passphrase missing or wrong, files that do not fit each other. */
int keys_open(struct app *app, struct err *e);
void keys_close(struct app *app);
/* Take up what a command has changed; a job, never on two threads at once. 0 or ERR_*. */
int keys_refresh(struct app *app, int64_t now, struct err *e);

/* Public keys and the authority's certificate only, of a data directory that nobody has opened; key_ring_free. NULL with e. */
struct key_ring *keys_public(struct sv data_dir, struct err *e);
void key_ring_free(struct key_ring *ring);

/* ---- by command (keys_admin.c) ---- */

struct keys_rotated { char old_id[17], new_id[17]; int64_t until_ms; };
/* A new current licence key; the old one may sign until now + overlap_ms, and verifies for ever. */
int keys_rotate(struct sv data_dir, int64_t now, int64_t overlap_ms, struct keys_rotated *out,
                struct err *e);

/* All private keys and secrets under another passphrase, or in clear ("": none), in one step; the old files are
 * removed. No node may be running: one that is would not be able to read them. */
int keys_rewrap(struct sv data_dir, struct sv passphrase, struct err *e);

/* Nothing signed by this licence key verifies from now on. When it is the current one a new one takes its place (out;
 * else out->new_id is ""). ERR_NOT_FOUND, ERR_CONFLICT (revoked before). */
int keys_revoke(struct sv data_dir, struct sv id, struct sv reason, int64_t now,
                struct keys_rotated *out, struct err *e);

/* All that the manifest says, for people. */
struct key_line { const char *purpose; char id[17]; int64_t from_ms, until_ms, revoked_ms;
                  struct sv reason; bool current; };
int keys_list(struct sv data_dir, struct arena *a, struct key_line **out, size_t *n, struct err *e);

/* Personal data under a new data key, in two steps, so that no running node meets a value whose key it does not know:
 * publish (the key is in the files, nothing uses it), then, when every node has taken that up, use. Each says
 * 1 when there was nothing to do because an earlier run has done it and not been finished. */
int keys_data_publish(struct sv data_dir, int64_t now, struct err *e);
int keys_data_use(struct sv data_dir, int64_t now, struct err *e);
/* Everything is under the current key: the next keys_data_publish makes a new one. */
int keys_data_settled(struct sv data_dir, struct err *e);

#endif
