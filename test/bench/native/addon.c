/* The same function called by a hand-written addon. https://nodejs.org/api/n-api.html */
#include <node_api.h>
#include <stdint.h>

uint32_t CreateIpForwardEntry(const uint8_t *row);

static napi_value create(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument, result;
  void *row;
  if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) != napi_ok) return NULL;
  if (napi_get_typedarray_info(env, argument, NULL, NULL, &row, NULL, NULL) != napi_ok) return NULL;
  if (napi_create_uint32(env, CreateIpForwardEntry(row), &result) != napi_ok) return NULL;
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "create", NAPI_AUTO_LENGTH, create, NULL, &function) != napi_ok) return NULL;
  if (napi_set_named_property(env, exports, "create", function) != napi_ok) return NULL;
  return exports;
}
