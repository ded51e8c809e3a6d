/* gateway: the other systems we talk to, where notices go out to and who answers questions:
 * DATA/notices.ini.
 *
 *   [sms]                                     HTTP gateway, see src/job/channel.h for what it gets
 *   url = https://sms.example/send
 *   token_file = sms-token                    optional: a file in DATA/keys, sent as bearer token
 *   [email]                                   SMTP server; smtps:// = TLS from the start, with
 *   url = smtp://mail.example:25              smtp:// when offered (always if there is a user)
 *   from = notice@example.org
 *   from_name = …                             optional
 *   user = … / password_file = …              optional, both or none; the file is in DATA/keys
 *   [clamd]  address = unix:/path | tcp:host:port   every received file is scanned first
 *   [register]                                enterprise register, see docs/data-sharing.md
 *   url = https://share.example/register
 *   token_file = register-token               optional, as above
 *   timeout = 3 / pause = 30                  optional, seconds: how long one question may take; how
 *                                             long nobody asks after two failures in a row
 *   [licences]                                electronic licence library: the same settings
 *
 * Without the file, or without a section, a channel of notices goes to DATA/outbox.jsonl, and a
 * source is not asked (demonstration data: the built-in sample source answers). Every node of
 * one database needs the same file, as it needs the same keys. Secrets stand in files of their own
 * and are never logged.
 */
#ifndef YZ_SERVICE_GATEWAY_H
#define YZ_SERVICE_GATEWAY_H

#include "base/err.h"

/* Text lives on the arena given to gateways_load; NULL = not set. url NULL: no gateway. */
struct sms_gateway { const char *url, *token; };
struct email_gateway { const char *url, *from, *from_name, *user, *password; };
/* scanner: clamd's address (sys/clamd.h); NULL = files are not scanned. */
struct source_gateway { const char *url, *token; int64_t timeout, pause; /* seconds */ };
struct gateways { struct sms_gateway sms; struct email_gateway email;
                  struct source_gateway enterprises, licences; const char *scanner; };

/* Read data_dir/notices.ini; fine when there is none. ERR_CONFIG with every problem at once. */
int gateways_load(struct sv data_dir, struct arena *a, struct gateways *out, struct err *e);
/* The same of text; secrets are read from data_dir/keys. */
int gateways_parse(struct sv text, struct sv data_dir, struct arena *a, struct gateways *out,
                   struct err *e);

/* Plainly an e-mail address: one @, a domain, printable ASCII without spaces, <, > or quotes, so
 * that it can stand in a header or an SMTP command. */
bool email_ok(struct sv s);

#endif
