/* keys: the secrets of a data directory, in files readable by the service only.
 *
 *   DATA/keys/licence-<key id>.pem   private key (PKCS#8), 0600
 *   DATA/keys/licence-<key id>.pub   public key (SPKI), may be given to anybody
 *   DATA/keys/current                key id of the signing key
 *   DATA/keys/ledger.mac             key of the ledger head's MAC, hex
 */
#ifndef YZ_SERVICE_KEYS_H
#define YZ_SERVICE_KEYS_H

#include "service/app.h"

int keys_create(struct sv data_dir, struct err *e);
/* Fill app->key, key_id, key_pem, key_raw, mac_key from app->data_dir. */
int keys_load(struct app *app, struct err *e);

#endif
