"""A client that others wrote: Debian's python3-grpcio with stubs compiled from the published contract. Prints what it saw as JSON."""

import json
import os
import sys

import grpc

# The stubs of grpc.reflection stand beside the installed package grpc, which is not a namespace package.
grpc.__path__.append(os.path.join(os.environ["PYTHONPATH"], "grpc"))
from google.protobuf import descriptor_pb2
from google.rpc import error_details_pb2, status_pb2
from health.v1 import health_pb2, health_pb2_grpc
from grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc
from google.protobuf import duration_pb2
from routefleet.v1 import commit_pb2, route_pb2, route_service_pb2, route_service_pb2_grpc

address, ca, certificate, key = sys.argv[1:]
read = lambda path: open(path, "rb").read()
credentials = grpc.ssl_channel_credentials(read(ca), read(key), read(certificate))


def reason(error):
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    info = error_details_pb2.ErrorInfo()
    status_pb2.Status.FromString(details).details[0].Unpack(info)
    return {"code": error.code().name, "reason": info.reason, "domain": info.domain, "metadata": dict(info.metadata)}


def failure(call, request):
    try:
        call(request, timeout=10)
    except grpc.RpcError as error:
        return reason(error)
    return None


def take(stream, last):
    """The events up to and with the first of a kind."""
    events = []
    for message in stream:
        events.append((message.WhichOneof("event"), getattr(message, message.WhichOneof("event"))))
        if events[-1][0] == last:
            return events


def told(events):
    return [
        [route_service_pb2.ChangeKind.Name(change.kind), (change.route if change.HasField("route") else change.previous).metric, change.commit_id]
        for kind, event in events
        if kind == "changes"
        for change in event.changes
    ]


with grpc.secure_channel(address, credentials) as channel:
    service = route_service_pb2_grpc.RouteServiceStub(channel)
    list_routes = lambda: [row for chunk in service.ListRoutes(route_service_pb2.ListRoutesRequest(), timeout=10) for row in chunk.routes]
    before = list_routes()
    watched = route_pb2.RouteFilter(exact_prefix="198.18.0.0/24")
    watch = service.WatchRoutes(route_service_pb2.WatchRoutesRequest(filter=watched), timeout=60)
    began = take(watch, "snapshot_end")
    spec = route_pb2.RouteSpec(destination_prefix="198.18.0.0/24", next_hop="10.30.0.254", metric=7)
    create = route_service_pb2.CreateRouteRequest(route=spec)
    created = service.CreateRoute(create, timeout=10)
    after = list_routes()
    added = take(watch, "changes")
    watch.cancel()

    pieces = [
        route_service_pb2.ApplyRoutesRequest(
            header=commit_pb2.ChangeHeader(
                options=commit_pb2.WriteOptions(commit_id="python-1", confirm_within=duration_pb2.Duration(seconds=60)),
            )
        ),
        route_service_pb2.ApplyRoutesRequest(
            chunk=commit_pb2.ChangeChunk(
                operations=[
                    commit_pb2.RouteOperation(set=route_pb2.RouteSpec(destination_prefix="198.18.0.0/24", next_hop="10.30.0.254", metric=9)),
                    commit_pb2.RouteOperation(create=route_pb2.RouteSpec(destination_prefix="198.18.1.0/24", next_hop="10.30.0.254")),
                ]
            )
        ),
    ]
    events = list(service.ApplyRoutes(iter(pieces), timeout=10))
    applied = [event.WhichOneof("event") for event in events]
    pending = commit_pb2.CommitState.Name(events[-1].commit.state)
    fenced = failure(service.CreateRoute, route_service_pb2.CreateRouteRequest(route=route_pb2.RouteSpec(destination_prefix="198.18.2.0/24", next_hop="10.30.0.254")))
    confirmed = service.ConfirmCommit(route_service_pb2.ConfirmCommitRequest(commit_id="python-1"), timeout=10).commit

    since = route_service_pb2.ResumePoint(boot_id=began[0][1].boot_id, revision=added[-1][1].resume_revision)
    resumed = take(service.WatchRoutes(route_service_pb2.WatchRoutesRequest(filter=watched, since=since), timeout=60), "changes")

    reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
    ask = lambda **request: next(reflection.ServerReflectionInfo(iter([reflection_pb2.ServerReflectionRequest(**request)]), timeout=10))
    services = [found.name for found in ask(list_services="").list_services_response.service]
    files = ask(file_containing_symbol="routefleet.v1.RouteService").file_descriptor_response.file_descriptor_proto
    methods = [
        method.name
        for file in map(descriptor_pb2.FileDescriptorProto.FromString, files)
        for found in file.service
        for method in found.method
    ]

    health = health_pb2_grpc.HealthStub(channel)
    serving = health.Check(health_pb2.HealthCheckRequest(service="routefleet.v1.RouteService"), timeout=10).status

    json.dump(
        {
            "before": [[row.destination_prefix, row.next_hop, row.metric, row.protocol] for row in before],
            "after": [[row.destination_prefix, row.next_hop, row.metric, row.protocol] for row in after],
            "created": {"function": created.function, "effective_metric": created.route.effective_metric},
            "again": failure(service.CreateRoute, create),
            "host_bits": failure(service.CreateRoute, route_service_pb2.CreateRouteRequest(route=route_pb2.RouteSpec(destination_prefix="10.1.2.3/8"))),
            "applied": applied,
            "watch": {"began": [kind for kind, _ in began], "added": told(added), "resumed": [kind for kind, _ in resumed], "missed": told(resumed)},
            "created_commit": created.commit.id,
            "pending": pending,
            "fenced": fenced,
            "confirmed": [commit_pb2.CommitState.Name(confirmed.state), confirmed.actor],
            "services": services,
            "methods": methods,
            "health": health_pb2.HealthCheckResponse.ServingStatus.Name(serving),
        },
        sys.stdout,
    )
