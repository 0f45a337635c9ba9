-- The truth about every release. What the lifecycles forbid, this schema refuses.

-- The same table as ReleaseLifecycle and ServerLifecycle; a test compares them. '' stands for "did not exist before".
create table lifecycle_move (
    kind       text not null check (kind in ('release', 'server')),
    from_state text not null,
    to_state   text not null,
    owner      text not null check (owner in ('controller-service', 'beta-worker', 'prod-coordinator', 'server-worker')),
    primary key (kind, from_state, to_state),
    unique (kind, from_state, to_state, owner)
);

insert into lifecycle_move (kind, from_state, to_state, owner) values
    ('release', '',                      'CREATED',               'controller-service'),
    ('release', 'CREATED',               'BETA_COPYING',          'controller-service'),
    ('release', 'BETA_COPYING',          'BETA_COPIED',           'beta-worker'),
    ('release', 'BETA_COPYING',          'BETA_COPY_FAILED',      'beta-worker'),
    ('release', 'BETA_COPY_FAILED',      'BETA_COPYING',          'controller-service'),
    ('release', 'BETA_COPIED',           'PRODUCTION_REQUESTED',  'controller-service'),
    ('release', 'PRODUCTION_REQUESTED',  'PRODUCTION_BACKING_UP', 'prod-coordinator'),
    ('release', 'PRODUCTION_BACKING_UP', 'PRODUCTION_COPYING',    'prod-coordinator'),
    ('release', 'PRODUCTION_BACKING_UP', 'PRODUCTION_FAILED',     'prod-coordinator'),
    ('release', 'PRODUCTION_COPYING',    'COMPLETED',             'prod-coordinator'),
    ('release', 'PRODUCTION_COPYING',    'PRODUCTION_FAILED',     'prod-coordinator'),
    ('release', 'PRODUCTION_FAILED',     'PRODUCTION_REQUESTED',  'controller-service'),
    ('release', 'CREATED',               'CANCELLED',             'controller-service'),
    ('release', 'BETA_COPYING',          'CANCELLED',             'beta-worker'),
    ('release', 'BETA_COPIED',           'CANCELLED',             'controller-service'),
    ('release', 'BETA_COPY_FAILED',      'CANCELLED',             'controller-service'),
    ('release', 'PRODUCTION_REQUESTED',  'CANCELLED',             'prod-coordinator'),
    ('release', 'PRODUCTION_BACKING_UP', 'CANCELLED',             'prod-coordinator'),
    ('release', 'PRODUCTION_COPYING',    'CANCELLED',             'prod-coordinator'),
    ('release', 'PRODUCTION_FAILED',     'CANCELLED',             'prod-coordinator'),
    ('server',  '',        'IDLE',    'controller-service'),
    ('server',  'IDLE',    'COPYING', 'prod-coordinator'),
    ('server',  'COPYING', 'LOCKED',  'server-worker'),
    ('server',  'LOCKED',  'IDLE',    'server-worker'),
    ('server',  'LOCKED',  'ERROR',   'server-worker'),
    ('server',  'LOCKED',  'COPYING', 'server-worker'),
    ('server',  'COPYING', 'IDLE',    'prod-coordinator'),
    ('server',  'ERROR',   'COPYING', 'prod-coordinator'),
    ('server',  'ERROR',   'IDLE',    'prod-coordinator');

-- Every claim takes the next number, so epochs grow over all servers and releases, and so on every target. They begin at the clock,
-- in milliseconds: targets remember the highest, and those of an earlier installation are below it.
create sequence slipway_epoch;
select setval('slipway_epoch', (extract(epoch from clock_timestamp()) * 1000)::bigint);

create table project (
    id                bigint generated always as identity primary key,
    name              text collate "C" not null unique check (name ~ '^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$'),
    created_at        timestamptz not null default now(),
    inventory_version bigint not null default 0
);

-- Who changed what of an inventory, and when: written in the transaction of the change, and never changed.
create table inventory_change (
    id         bigint generated always as identity primary key,
    project_id bigint not null references project,
    version    bigint not null check (version > 0),
    server     text,
    kind       text not null check (kind in ('ADDED', 'CHANGED', 'REMOVED', 'REORDERED')),
    fields     jsonb not null check (jsonb_typeof(fields) = 'array'),
    actor      text not null,
    at         timestamptz not null default clock_timestamp(),
    check ((server is null) = (kind = 'REORDERED'))
);
create index inventory_change_of_project on inventory_change (project_id, id);

create table release (
    id                  bigint generated always as identity primary key,
    project_id          bigint not null references project,
    number              integer not null check (number > 0),
    release_date        date not null,
    author              text not null,
    note                text not null,
    state               text not null check (state in (
        'CREATED', 'BETA_COPYING', 'BETA_COPIED', 'BETA_COPY_FAILED', 'PRODUCTION_REQUESTED',
        'PRODUCTION_BACKING_UP', 'PRODUCTION_COPYING', 'PRODUCTION_FAILED', 'COMPLETED', 'CANCELLED')),
    version             bigint not null default 1,
    sequence            bigint not null default 1,
    attempt             integer not null default 1,
    tries               integer not null default 0 check (tries >= 0),
    created_at          timestamptz not null default now(),
    state_since         timestamptz not null default now(),
    finished_at         timestamptz,
    cancel_requested_at timestamptz,
    cancel_requested_by text,
    cancel_reason       text,
    lease_owner         text,
    lease_epoch         bigint not null default 0,
    lease_until         timestamptz,
    next_try_at         timestamptz,
    lease_since         timestamptz,
    unique (project_id, number),
    check ((lease_owner is null) = (lease_until is null)),
    check (lease_owner is null or state in ('BETA_COPYING', 'PRODUCTION_BACKING_UP')),
    check (next_try_at is null or (lease_owner is null and state in ('BETA_COPYING', 'PRODUCTION_BACKING_UP'))),
    check ((finished_at is not null) = (state in ('COMPLETED', 'CANCELLED')))
);

-- The order of releases: at most one that is unfinished per project.
create unique index one_unfinished_release on release (project_id) where state not in ('COMPLETED', 'CANCELLED');
create index release_by_state on release (state) where state not in ('COMPLETED', 'CANCELLED');

create table server (
    id                bigint generated always as identity primary key,
    project_id        bigint not null references project,
    name              text not null,
    role              text not null check (role in ('DEVELOPMENT', 'BETA', 'BUSINESS')),
    position          integer not null,
    host              text not null,
    port              integer not null check (port between 1 and 65535),
    ssh_user          text not null,
    host_keys         text[] not null,
    project_directory text not null,
    work_directory    text,
    backup_file       text,
    retired_at        timestamptz,
    state             text check (state in ('IDLE', 'COPYING', 'LOCKED', 'ERROR')),
    state_since       timestamptz not null default now(),
    version           bigint not null default 1,
    sequence          bigint not null default 0,
    release_id        bigint references release,
    lease_owner       text,
    lease_epoch       bigint not null default 0,
    lease_until       timestamptz,
    next_try_at       timestamptz,
    -- Somebody may still publish there of whom nobody can say that he has come to his end: whoever holds it, whoever's lease ran out,
    -- and whoever lost sight of what he had told the server to do. Until the next epoch's fence is raised there.
    unfenced          boolean not null default false,
    check ((state is not null) = (role = 'BUSINESS')),
    check (backup_file is null or role = 'BUSINESS'),
    check ((release_id is not null) = (state is not null and state <> 'IDLE')),
    check ((lease_owner is not null) = (state is not null and state = 'LOCKED')),
    check ((lease_owner is null) = (lease_until is null)),
    check (next_try_at is null or (lease_owner is null and (unfenced or (state is not null and state = 'COPYING')))),
    check (unfenced or lease_owner is null),
    check (not unfenced or role <> 'DEVELOPMENT'),
    check (retired_at is null or state is null or state = 'IDLE')
);

create unique index server_name_in_project on server (project_id, name) where retired_at is null;
create unique index one_development_server on server (project_id) where role = 'DEVELOPMENT' and retired_at is null;
create unique index one_beta_server on server (project_id) where role = 'BETA' and retired_at is null;
create unique index one_chosen_server on server (project_id) where backup_file is not null and retired_at is null;
create index server_waiting on server (state) where state in ('COPYING', 'LOCKED');
create index server_unfenced on server (project_id) where unfenced;
create index server_of_release on server (release_id) where release_id is not null;

create table path (
    id            bigint generated always as identity primary key,
    project_id    bigint not null references project,
    path          text collate "C" not null check (path <> '' and path not like '/%'),
    registered_at timestamptz not null default now(),
    unique (project_id, path)
);

create table release_path (
    release_id bigint not null references release,
    path_id    bigint not null references path,
    position   integer not null,
    primary key (release_id, path_id)
);

create table manifest_entry (
    release_id     bigint not null references release,
    path           text collate "C" not null,
    type           text not null check (type in ('FILE', 'DIRECTORY', 'SYMLINK', 'PARENT')),
    mode           integer not null check (mode between 0 and 1023),
    modified_nanos bigint not null,
    size_bytes     bigint not null check (size_bytes >= 0),
    sha256         text check (sha256 ~ '^[0-9a-f]{64}$'),
    link_target    text,
    primary key (release_id, path),
    check ((sha256 is not null) = (type = 'FILE')),
    check ((link_target is not null) = (type = 'SYMLINK'))
);

create table rollout (
    id              bigint generated always as identity primary key,
    release_id      bigint not null references release,
    server_id       bigint not null references server,
    outcome         text not null check (outcome in ('WAITING', 'COPYING', 'DONE', 'FAILED', 'CANCELLED')),
    attempts        integer not null default 0,
    tries           integer not null default 0 check (tries >= 0),
    files_sent      bigint not null default 0,
    bytes_sent      bigint not null default 0,
    files_unchanged bigint not null default 0,
    started_at      timestamptz,
    finished_at     timestamptz,
    unique (release_id, server_id)
);

create table backup (
    id          bigint generated always as identity primary key,
    release_id  bigint not null unique references release,
    server_id   bigint not null references server,
    file        text not null,
    size_bytes  bigint not null check (size_bytes > 0),
    sha256      text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    entries     bigint not null,
    verified_at timestamptz not null default now()
);

create table journal_entry (
    id          bigint generated always as identity primary key,
    journal     text not null check (journal in ('BETA_COPY', 'PRODUCTION_COPY', 'BUSINESS_SERVER')),
    release_id  bigint not null references release,
    server      text,
    path        text,
    kind        text not null,
    message     text not null,
    retry_helps boolean not null,
    attempt     integer not null,
    try         integer check (try > 0),
    at          timestamptz not null default now()
);
create index journal_of_release on journal_entry (release_id, id);

-- The audit log and the outbox in one: a row is written in the transaction of its change, and never changed but for published_at.
create table transition (
    id             bigint generated always as identity primary key,
    kind           text not null check (kind in ('release', 'server')),
    aggregate_id   bigint not null,
    sequence       bigint not null check (sequence > 0),
    project_id     bigint not null references project,
    project        text not null,
    release_number integer,
    server         text,
    from_state     text not null,
    to_state       text not null,
    service        text not null,
    actor          text not null,
    reason         text not null,
    attempt        integer not null,
    at             timestamptz not null default clock_timestamp(),
    published_at   timestamptz,
    unique (kind, aggregate_id, sequence),
    foreign key (kind, from_state, to_state, service) references lifecycle_move (kind, from_state, to_state, owner),
    check ((kind = 'server') = (server is not null)),
    check (kind <> 'release' or release_number is not null)
);
create index transition_unpublished on transition (id) where published_at is null;
create index transition_of_release on transition (project_id, release_number, id);

create table idempotency_record (
    key         text not null,
    scope       text not null,
    fingerprint text not null,
    status      integer not null,
    location    text,
    body        text not null,
    created_at  timestamptz not null default now(),
    primary key (key, scope)
);
create index idempotency_by_age on idempotency_record (created_at);

create function refuse_illegal_move() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.state is not distinct from old.state then
        if new.sequence <> old.sequence then
            raise exception 'the sequence of % % moves only with its state', tg_argv[0], new.id using errcode = 'check_violation';
        end if;
        return new;
    end if;
    if not exists (select 1 from lifecycle_move
                   where kind = tg_argv[0] and to_state = new.state
                     and from_state = case tg_op when 'UPDATE' then old.state else '' end) then
        raise exception 'a % does not go from % to %', tg_argv[0],
            case tg_op when 'UPDATE' then old.state else 'nothing' end, new.state using errcode = 'check_violation';
    end if;
    if new.sequence <> (case tg_op when 'UPDATE' then old.sequence else 0 end) + 1 then
        raise exception 'the sequence of % % must grow by one', tg_argv[0], new.id using errcode = 'check_violation';
    end if;
    return new;
end $$;

-- A cancel is final, and so is a release that every server has: neither is said while somebody may still publish.
create function refuse_unfenced_end() returns trigger language plpgsql as $$
begin
    if exists (select 1 from server where project_id = new.project_id and unfenced) then
        raise exception 'release % is not finished while a server of its project is not fenced', new.id using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger release_ends_fenced before update on release
    for each row when (new.state in ('COMPLETED', 'CANCELLED') and old.state is distinct from new.state)
    execute function refuse_unfenced_end();

create trigger release_moves before insert or update on release
    for each row execute function refuse_illegal_move('release');
create trigger server_moves before insert or update on server
    for each row when (new.state is not null) execute function refuse_illegal_move('server');

create function refuse_unrecorded_move() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from transition
                   where kind = tg_argv[0] and aggregate_id = new.id and sequence = new.sequence and to_state = new.state) then
        raise exception 'the move of % % to % is not in the transition log', tg_argv[0], new.id, new.state
            using errcode = 'check_violation';
    end if;
    return null;
end $$;

create constraint trigger release_moves_are_recorded after insert or update of state on release
    deferrable initially deferred for each row execute function refuse_unrecorded_move('release');
create constraint trigger server_moves_are_recorded after insert or update of state on server
    deferrable initially deferred for each row when (new.state is not null) execute function refuse_unrecorded_move('server');

-- The moves of one release and of its servers commit in the order of their ids, so that whoever reads on behind the last id that he
-- saw leaves none out. The lock is taken before the id, and last of all locks.
create function number_transition() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock((new.project_id % 2147483647)::integer, new.release_number);
    new.id := nextval(pg_get_serial_sequence('transition', 'id'));
    return new;
end $$;

create trigger transition_is_numbered before insert on transition
    for each row when (new.release_number is not null) execute function number_transition();

create function keep_transition() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE'
        or (to_jsonb(new) - 'published_at') <> (to_jsonb(old) - 'published_at')
        or (old.published_at is not null and new.published_at is distinct from old.published_at) then
        raise exception 'a recorded transition does not change' using errcode = 'check_violation';
    end if;
    return new;
end $$;

create trigger transition_is_kept before update or delete on transition
    for each row execute function keep_transition();

create function keep_inventory_change() returns trigger language plpgsql as $$
begin
    raise exception 'a recorded change of an inventory does not change' using errcode = 'check_violation';
end $$;

create trigger inventory_change_is_kept before update or delete on inventory_change
    for each statement execute function keep_inventory_change();

create function tell_of_transition() returns trigger language plpgsql as $$
begin
    perform pg_notify('slipway_transition', '');
    return null;
end $$;

create trigger transition_is_told after insert on transition
    for each statement execute function tell_of_transition();

create function keep_manifest() returns trigger language plpgsql as $$
begin
    raise exception 'a manifest is frozen' using errcode = 'check_violation';
end $$;

create trigger manifest_is_frozen before update or delete on manifest_entry
    for each statement execute function keep_manifest();

create function refuse_late_manifest() returns trigger language plpgsql as $$
begin
    if exists (select 1 from release
               where id in (select release_id from added) and state <> 'BETA_COPYING') then
        raise exception 'a manifest is written only while its release is copied to beta' using errcode = 'check_violation';
    end if;
    return null;
end $$;

create trigger manifest_is_written_in_time after insert on manifest_entry
    referencing new table as added for each statement execute function refuse_late_manifest();

-- The processes, for people to see: each tells every few seconds that it lives. A row that nobody renews says when its process was seen last.
create table service_instance (
    instance    text primary key,
    run         uuid not null,
    service     text not null check (service in ('controller-service', 'beta-worker', 'prod-coordinator', 'server-worker')),
    host        text not null,
    version     text not null,
    started_at  timestamptz not null,
    seen_at     timestamptz not null,
    alive_until timestamptz not null,
    stopping    boolean not null
);
