#include "reeve/sql/postgres/libpq.h"

#include <dlfcn.h>

#include "reeve/base/text.h"

namespace reeve::sql {
namespace {

constexpr const char* kLibrary = "libpq.so.5";

template <typename Function>
bool Find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

bool FindConnection(void* library, Libpq& pq) {
  return Find(library, "PQconnectdbParams", pq.connectdb_params) &&
         Find(library, "PQstatus", pq.status) && Find(library, "PQfinish", pq.finish) &&
         Find(library, "PQerrorMessage", pq.error_message) &&
         Find(library, "PQtransactionStatus", pq.transaction_status) &&
         Find(library, "PQserverVersion", pq.server_version) &&
         Find(library, "PQsetNoticeReceiver", pq.set_notice_receiver) &&
         Find(library, "PQexec", pq.exec) && Find(library, "PQprepare", pq.prepare) &&
         Find(library, "PQdescribePrepared", pq.describe_prepared) &&
         Find(library, "PQsocket", pq.socket) &&
         Find(library, "PQconsumeInput", pq.consume_input) &&
         Find(library, "PQsendQueryParams", pq.send_query_params) &&
         Find(library, "PQsendQueryPrepared", pq.send_query_prepared) &&
         Find(library, "PQsetSingleRowMode", pq.set_single_row_mode) &&
         Find(library, "PQgetResult", pq.get_result);
}

bool FindResult(void* library, Libpq& pq) {
  return Find(library, "PQresultStatus", pq.result_status) &&
         Find(library, "PQresultErrorField", pq.result_error_field) &&
         Find(library, "PQcmdTuples", pq.cmd_tuples) && Find(library, "PQnfields", pq.nfields) &&
         Find(library, "PQfname", pq.fname) && Find(library, "PQftype", pq.ftype) &&
         Find(library, "PQgetisnull", pq.getisnull) && Find(library, "PQgetvalue", pq.getvalue) &&
         Find(library, "PQgetlength", pq.getlength) && Find(library, "PQclear", pq.clear);
}

Result<Libpq> Open() {
  void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return Status::Unavailable("PostgreSQL cannot be reached without libpq: " +
                               Quote(::dlerror(), 300))
        .WithFix("apt-get install libpq5");
  }
  Libpq pq;
  if (!FindConnection(library, pq) || !FindResult(library, pq))
    return Status::Unavailable(std::string(kLibrary) + " of this machine cannot be used");
  return pq;
}

}  // namespace

Result<const Libpq*> Libpq::Load() {
  static const Result<Libpq> opened = Open();
  if (!opened.ok()) return opened.status();
  return &*opened;
}

}  // namespace reeve::sql
