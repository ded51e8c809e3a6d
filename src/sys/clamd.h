/* clamd: asking the virus scanner, when there is one (R3.3). */
#ifndef YZ_SYS_CLAMD_H
#define YZ_SYS_CLAMD_H

#include "base/err.h"

/* address: "unix:/path" or "tcp:host:port". Scan what lies in fd (from its beginning; the position moves)
 * with clamd's INSTREAM. 0 clean; ERR_INVALID with the name of what was found in `virus` (64 bytes);
 * ERR_BUSY when the scanner does not answer within its time. Blocks up to 30 s: never inside a
 * transaction or on an event thread. */
int clamd_scan(const char *address, int fd, char virus[64], struct err *e);
bool clamd_address_ok(struct sv address);

#endif
