#include <stddef.h>
#include <stdarg.h>
#include <mysql.h>
#include <errmsg.h>
#include <mysqld_error.h>
#include <mysql/plugin_auth.h>

/* <sys/mman.h> declares it for _GNU_SOURCE only. */
int memfd_create(const char *name, unsigned int flags);

/* Swift cannot call variadic C functions, and Debian ships no <mysql/client_plugin.h> that compiles. */

struct jobtalk_auth_plugin {
    MYSQL_CLIENT_PLUGIN_HEADER
    int (*authenticate_user)(MYSQL_PLUGIN_VIO *vio, struct st_mysql *mysql);
};

static inline int jobtalk_set_user_data(MYSQL *mysql, const char *key, void *data) {
    return mysql_optionsv(mysql, MARIADB_OPT_USERDATA, key, data);
}

static inline void *jobtalk_user_data(MYSQL *mysql, const char *key) {
    void *data = NULL;
    return mysql_get_optionv(mysql, MARIADB_OPT_USERDATA, key, &data) ? NULL : data;
}
