/* whom: whom the commands that verify trust, as said on the command line. */
#ifndef YZ_CLI_WHOM_H
#define YZ_CLI_WHOM_H

#include "service/keys.h"
#include "service/trust.h"

/* A bare key vouches for every region: whoever gives it on the command line says so. */
int cli_trust_pem(struct trust *t, const char *file, struct arena *a, struct err *e);
/* Every key that a data directory publishes; its private ones are not opened. */
int cli_trust_data(struct trust *t, const char *data, struct arena *a, struct err *e);
/* All issuers of a signed list; the first file that names a region has the word on it. */
int cli_trust_file(struct trust *t, const char *file, struct arena *a, struct err *e);
/* The root certificate (DER): a file (PEM or DER), the one of a data directory (whose ring is kept
 * in *ring: key_ring_free), or none: "". */
int cli_root(const char *file, const char *data, struct arena *a, struct sv *out,
             struct key_ring **ring, struct err *e);

#endif
