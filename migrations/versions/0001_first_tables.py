"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go one revision up."""
    op.create_table('account',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('disabled', sa.Boolean(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_account'))
    )
    op.create_table('aisle',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('crane', sa.String(), nullable=False),
    sa.Column('plc', sa.String(), nullable=False),
    sa.Column('infeed', sa.String(), nullable=False),
    sa.Column('machine_fault', sa.Boolean(), nullable=False),
    sa.Column('link_lost', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_aisle'))
    )
    op.create_table('alarm',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('fault', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('device', sa.String(), nullable=False),
    sa.Column('code', sa.Integer(), nullable=False),
    sa.Column('mission', sa.Integer(), nullable=False),
    sa.Column('order', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('reaction', sa.String(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('raised_ms', sa.BigInteger(), nullable=False),
    sa.Column('cleared_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alarm'))
    )
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.create_index('ix_alarm_cleared', ['cleared_ms'], unique=False)

    op.create_table('api_key',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('expires_s', sa.Float(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_api_key')),
    sa.UniqueConstraint('digest', name=op.f('uq_api_key_digest'))
    )
    op.create_table('clarification',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('params', sa.String(), nullable=False),
    sa.Column('raised_ms', sa.BigInteger(), nullable=False),
    sa.Column('closed_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_clarification'))
    )
    with op.batch_alter_table('clarification', schema=None) as batch_op:
        batch_op.create_index('ix_clarification_open', ['subject'], unique=False, sqlite_where=sa.text('closed_ms = 0'), postgresql_where=sa.text('closed_ms = 0'))

    op.create_table('code',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('zh', sa.String(), nullable=False),
    sa.Column('en', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('name', 'code', name=op.f('pk_code'))
    )
    op.create_table('consumer_cursor',
    sa.Column('consumer', sa.String(), nullable=False),
    sa.Column('fact_id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('consumer', name=op.f('pk_consumer_cursor'))
    )
    op.create_table('counter',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter'))
    )
    op.create_table('device',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('booked_seq', sa.Integer(), nullable=False),
    sa.Column('fault', sa.Integer(), nullable=False),
    sa.Column('fault_ms', sa.BigInteger(), nullable=False),
    sa.Column('last', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device'))
    )
    op.create_table('fact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at_ms', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('payload', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fact'))
    )
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.create_index('ix_fact_kind_id', ['kind', 'id'], unique=False)
        batch_op.create_index('ix_fact_subject_id', ['subject', 'id'], unique=False)

    op.create_table('inbound_order',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('asn', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('meters', sa.Integer(), nullable=False),
    sa.Column('boxes', sa.Integer(), nullable=False),
    sa.Column('expected', sa.Integer(), nullable=False),
    sa.Column('received', sa.Integer(), nullable=False),
    sa.Column('short', sa.Integer(), nullable=False),
    sa.Column('extra', sa.Integer(), nullable=False),
    sa.Column('damaged', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('announced_ms', sa.BigInteger(), nullable=False),
    sa.Column('closed_ms', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("state IN ('staging','announced','receiving','completed','closed_short')", name='ck_inbound_order_state'),
    sa.CheckConstraint('expected >= 0 AND received >= 0 AND short >= 0 AND extra >= 0 AND damaged >= 0', name='ck_inbound_order_counts'),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_inbound_order')),
    sa.UniqueConstraint('asn', name=op.f('uq_inbound_order_asn'))
    )
    op.create_table('login',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('began_s', sa.Float(), nullable=False),
    sa.Column('seen_s', sa.Float(), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_login'))
    )
    with op.batch_alter_table('login', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_login_account'), ['account'], unique=False)

    op.create_table('lot',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_lot')),
    sa.UniqueConstraint('code', name=op.f('uq_lot_code'))
    )
    op.create_table('mission',
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('order', sa.Integer(), nullable=False),
    sa.Column('device', sa.String(), nullable=False),
    sa.Column('code', sa.Integer(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('par1', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('fault', sa.Integer(), nullable=False),
    sa.Column('sent_ms', sa.BigInteger(), nullable=False),
    sa.Column('ended_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_mission'))
    )
    with op.batch_alter_table('mission', schema=None) as batch_op:
        batch_op.create_index('ix_mission_order', ['order'], unique=False)
        batch_op.create_index('ix_mission_state', ['state'], unique=False)

    op.create_table('model',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('asset_class', sa.String(), nullable=False),
    sa.Column('phase', sa.String(), nullable=False),
    sa.Column('accuracy_classes', sa.String(), nullable=False),
    sa.Column('rated_voltages', sa.String(), nullable=False),
    sa.Column('currents', sa.String(), nullable=False),
    sa.Column('constants', sa.String(), nullable=False),
    sa.Column('per_box', sa.Integer(), nullable=False),
    sa.Column('boxes_per_pile', sa.Integer(), nullable=False),
    sa.Column('piles_per_pallet', sa.Integer(), nullable=False),
    sa.Column('box_height_mm', sa.Integer(), nullable=False),
    sa.CheckConstraint('per_box > 0 AND boxes_per_pile > 0 AND piles_per_pallet > 0', name='ck_model_packing'),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_model'))
    )
    op.create_table('moving_unit',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('at', sa.String(), nullable=False),
    sa.Column('holds', sa.String(), nullable=False),
    sa.Column('order', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('weight_g', sa.Integer(), nullable=False),
    sa.Column('profile', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(), nullable=False),
    sa.Column('faults', sa.String(), nullable=False),
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('since_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_moving_unit'))
    )
    op.create_table('question',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('ask', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('station', sa.String(), nullable=False),
    sa.Column('order', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('reason_args', sa.String(), nullable=False),
    sa.Column('asked_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question'))
    )
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.create_index('ix_question_state', ['state'], unique=False)

    op.create_table('station',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('districts', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_station'))
    )
    op.create_table('transport_order',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('destination', sa.String(), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('due_ms', sa.BigInteger(), nullable=True),
    sa.Column('params', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('device', sa.String(), nullable=False),
    sa.Column('claim', sa.String(), nullable=False),
    sa.Column('mission', sa.Integer(), nullable=False),
    sa.Column('confirmed', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('reason_args', sa.String(), nullable=False),
    sa.Column('since_ms', sa.BigInteger(), nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_transport_order')),
    sa.UniqueConstraint('key', name=op.f('uq_transport_order_key'))
    )
    with op.batch_alter_table('transport_order', schema=None) as batch_op:
        batch_op.create_index('ix_transport_order_state', ['state'], unique=False)
        batch_op.create_index('ix_transport_order_unit', ['unit'], unique=False)

    op.create_table('waiting_question',
    sa.Column('question', sa.String(), nullable=False),
    sa.Column('asked', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('question', name=op.f('pk_waiting_question'))
    )
    op.create_table('wcs_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('payload', sa.String(), nullable=False),
    sa.Column('taken', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wcs_request')),
    sa.UniqueConstraint('key', name=op.f('uq_wcs_request_key'))
    )
    with op.batch_alter_table('wcs_request', schema=None) as batch_op:
        batch_op.create_index('ix_wcs_request_taken_id', ['taken', 'id'], unique=False)

    op.create_table('outbound_order',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('lot', sa.Integer(), nullable=True),
    sa.Column('line', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('params', sa.String(), nullable=False),
    sa.Column('created_ms', sa.BigInteger(), nullable=False),
    sa.Column('ended_ms', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("kind IN ('verification','distribution')", name='ck_outbound_order_kind'),
    sa.CheckConstraint("state IN ('waiting','under_way','packing','finished','cancelled')", name='ck_outbound_order_state'),
    sa.ForeignKeyConstraint(['lot'], ['lot.number'], name=op.f('fk_outbound_order_lot')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_outbound_order')),
    sa.UniqueConstraint('key', name=op.f('uq_outbound_order_key'))
    )
    with op.batch_alter_table('outbound_order', schema=None) as batch_op:
        batch_op.create_index('ix_outbound_order_open', ['number'], unique=False, sqlite_where=sa.text("state NOT IN ('finished','cancelled')"), postgresql_where=sa.text("state NOT IN ('finished','cancelled')"))

    op.create_table('pallet',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('whereabouts', sa.String(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('lot', sa.Integer(), nullable=True),
    sa.Column('inbound', sa.Integer(), nullable=True),
    sa.Column('weight_g', sa.Integer(), nullable=False),
    sa.Column('height_mm', sa.Integer(), nullable=False),
    sa.Column('arrived_ms', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("whereabouts IN ('announced','moving','stored','on_line','missing','gone')", name='ck_pallet_whereabouts'),
    sa.CheckConstraint('weight_g >= 0 AND height_mm >= 0', name='ck_pallet_size'),
    sa.ForeignKeyConstraint(['inbound'], ['inbound_order.number'], name=op.f('fk_pallet_inbound')),
    sa.ForeignKeyConstraint(['lot'], ['lot.number'], name=op.f('fk_pallet_lot')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_pallet'))
    )
    with op.batch_alter_table('pallet', schema=None) as batch_op:
        batch_op.create_index('ix_pallet_inbound', ['inbound'], unique=False, sqlite_where=sa.text('inbound IS NOT NULL'), postgresql_where=sa.text('inbound IS NOT NULL'))
        batch_op.create_index('ix_pallet_lot_arrived_ms', ['lot', 'arrived_ms'], unique=False)

    op.create_table('box',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('pallet', sa.String(), nullable=True),
    sa.Column('pile', sa.Integer(), nullable=False),
    sa.Column('pile_code', sa.String(), nullable=False),
    sa.Column('lot', sa.Integer(), nullable=True),
    sa.Column('model', sa.String(), nullable=True),
    sa.Column('inbound', sa.Integer(), nullable=True),
    sa.Column('meters', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('verdict', sa.Integer(), nullable=False),
    sa.Column('verified_ms', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("state IN ('expected','not_delivered','received','to_verify','on_line','qualified','rejected','allocated','shipped','quarantine','missing')", name='ck_box_state'),
    sa.CheckConstraint('meters >= 0 AND pile >= 0 AND verdict IN (0,1,2)', name='ck_box_content'),
    sa.ForeignKeyConstraint(['inbound'], ['inbound_order.number'], name=op.f('fk_box_inbound')),
    sa.ForeignKeyConstraint(['lot'], ['lot.number'], name=op.f('fk_box_lot')),
    sa.ForeignKeyConstraint(['model'], ['model.code'], name=op.f('fk_box_model')),
    sa.ForeignKeyConstraint(['pallet'], ['pallet.code'], name=op.f('fk_box_pallet')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_box'))
    )
    with op.batch_alter_table('box', schema=None) as batch_op:
        batch_op.create_index('ix_box_inbound', ['inbound'], unique=False, sqlite_where=sa.text('inbound IS NOT NULL'), postgresql_where=sa.text('inbound IS NOT NULL'))
        batch_op.create_index('ix_box_model_state_verified_ms', ['model', 'state', 'verified_ms'], unique=False)
        batch_op.create_index('ix_box_pallet', ['pallet'], unique=False)

    op.create_table('order_line',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('order', sa.Integer(), nullable=False),
    sa.Column('district', sa.String(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('dock', sa.String(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('promised', sa.Integer(), nullable=False),
    sa.Column('shipped', sa.Integer(), nullable=False),
    sa.Column('allocated', sa.Boolean(), nullable=False),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('params', sa.String(), nullable=False),
    sa.CheckConstraint('quantity > 0 AND promised >= 0 AND promised <= quantity AND shipped <= promised', name='ck_order_line_quantities'),
    sa.ForeignKeyConstraint(['dock'], ['station.id'], name=op.f('fk_order_line_dock')),
    sa.ForeignKeyConstraint(['model'], ['model.code'], name=op.f('fk_order_line_model')),
    sa.ForeignKeyConstraint(['order'], ['outbound_order.number'], name=op.f('fk_order_line_order')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_order_line'))
    )
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.create_index('ix_order_line_order', ['order'], unique=False)
        batch_op.create_index('ix_order_line_short', ['model'], unique=False, sqlite_where=sa.text('NOT allocated AND NOT closed'), postgresql_where=sa.text('NOT allocated AND NOT closed'))

    op.create_table('slot',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('aisle', sa.String(), nullable=False),
    sa.Column('travel_ms', sa.Integer(), nullable=False),
    sa.Column('clear_height_mm', sa.Integer(), nullable=False),
    sa.Column('max_weight_g', sa.Integer(), nullable=False),
    sa.Column('pallet', sa.String(), nullable=True),
    sa.Column('reserved_for', sa.String(), nullable=True),
    sa.Column('blocked', sa.String(), nullable=False),
    sa.Column('blocked_unit', sa.String(), nullable=False),
    sa.Column('blocked_ms', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("blocked IN ('','occupied','empty','manual')", name='ck_slot_blocked'),
    sa.CheckConstraint('pallet IS NULL OR reserved_for IS NULL', name='ck_slot_one_unit'),
    sa.ForeignKeyConstraint(['aisle'], ['aisle.id'], name=op.f('fk_slot_aisle')),
    sa.ForeignKeyConstraint(['pallet'], ['pallet.code'], name=op.f('fk_slot_pallet')),
    sa.ForeignKeyConstraint(['reserved_for'], ['pallet.code'], name=op.f('fk_slot_reserved_for')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slot')),
    sa.UniqueConstraint('pallet', name='uq_slot_pallet'),
    sa.UniqueConstraint('reserved_for', name='uq_slot_reserved_for')
    )
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.create_index('ix_slot_awaiting', ['aisle'], unique=False, sqlite_where=sa.text('reserved_for IS NOT NULL'), postgresql_where=sa.text('reserved_for IS NOT NULL'))
        batch_op.create_index('ix_slot_free', ['aisle', 'travel_ms', 'id'], unique=False, sqlite_where=sa.text("pallet IS NULL AND reserved_for IS NULL AND blocked = ''"), postgresql_where=sa.text("pallet IS NULL AND reserved_for IS NULL AND blocked = ''"))

    op.create_table('asset',
    sa.Column('bar_code', sa.String(), nullable=False),
    sa.Column('box', sa.String(), nullable=True),
    sa.Column('lot', sa.Integer(), nullable=False),
    sa.Column('model', sa.String(), nullable=False),
    sa.Column('made_on', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=True),
    sa.Column('verdict', sa.Integer(), nullable=False),
    sa.Column('seal', sa.String(), nullable=False),
    sa.Column('verified_ms', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("state IS NULL OR state IN ('expected','not_delivered','received','to_verify','on_line','qualified','rejected','allocated','shipped','quarantine','missing')", name='ck_asset_state'),
    sa.CheckConstraint('(box IS NULL) <> (state IS NULL)', name='ck_asset_in_box_or_own_state'),
    sa.CheckConstraint('verdict IN (0,1,2)', name='ck_asset_verdict'),
    sa.ForeignKeyConstraint(['box'], ['box.code'], name=op.f('fk_asset_box')),
    sa.ForeignKeyConstraint(['lot'], ['lot.number'], name=op.f('fk_asset_lot')),
    sa.ForeignKeyConstraint(['model'], ['model.code'], name=op.f('fk_asset_model')),
    sa.PrimaryKeyConstraint('bar_code', name=op.f('pk_asset')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('asset', schema=None) as batch_op:
        batch_op.create_index('ix_asset_box', ['box'], unique=False, sqlite_where=sa.text('box IS NOT NULL'), postgresql_where=sa.text('box IS NOT NULL'))
        batch_op.create_index('ix_asset_loose', ['lot', 'state'], unique=False, sqlite_where=sa.text('state IS NOT NULL'), postgresql_where=sa.text('state IS NOT NULL'))

    op.create_table('pick_job',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('station', sa.String(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('lot', sa.Integer(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('boxes_per_pile', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('ended_ms', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['line'], ['order_line.number'], name=op.f('fk_pick_job_line')),
    sa.ForeignKeyConstraint(['lot'], ['lot.number'], name=op.f('fk_pick_job_lot')),
    sa.ForeignKeyConstraint(['station'], ['station.id'], name=op.f('fk_pick_job_station')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_pick_job'))
    )
    with op.batch_alter_table('pick_job', schema=None) as batch_op:
        batch_op.create_index('uq_pick_job_station', ['station'], unique=True, sqlite_where=sa.text('ended_ms = 0'), postgresql_where=sa.text('ended_ms = 0'))

    op.create_table('promise',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('box', sa.String(), nullable=False),
    sa.Column('meters', sa.Integer(), nullable=False),
    sa.Column('job', sa.Integer(), nullable=True),
    sa.Column('pile', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.CheckConstraint("state IN ('promised','moving','picked','shipped','released')", name='ck_promise_state'),
    sa.ForeignKeyConstraint(['box'], ['box.code'], name=op.f('fk_promise_box')),
    sa.ForeignKeyConstraint(['job'], ['pick_job.number'], name=op.f('fk_promise_job')),
    sa.ForeignKeyConstraint(['line'], ['order_line.number'], name=op.f('fk_promise_line')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_promise'))
    )
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.create_index('ix_promise_job', ['job'], unique=False, sqlite_where=sa.text('job IS NOT NULL'), postgresql_where=sa.text('job IS NOT NULL'))
        batch_op.create_index('ix_promise_line_state', ['line', 'state'], unique=False)
        batch_op.create_index('ix_promise_open', ['number'], unique=False, sqlite_where=sa.text("state = 'promised' AND job IS NULL"), postgresql_where=sa.text("state = 'promised' AND job IS NULL"))
        batch_op.create_index('uq_promise_box', ['box'], unique=True, sqlite_where=sa.text("state IN ('promised','moving','picked')"), postgresql_where=sa.text("state IN ('promised','moving','picked')"))

    op.create_table('trip',
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('order', sa.Integer(), nullable=False),
    sa.Column('line', sa.Integer(), nullable=True),
    sa.Column('job', sa.Integer(), nullable=True),
    sa.Column('pallet', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('transport', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('params', sa.String(), nullable=False),
    sa.CheckConstraint("purpose IN ('verify','whole','source','target')", name='ck_trip_purpose'),
    sa.CheckConstraint("state IN ('waiting','travelling','arrived','done','missing','stopped','cancelled')", name='ck_trip_state'),
    sa.ForeignKeyConstraint(['job'], ['pick_job.number'], name=op.f('fk_trip_job')),
    sa.ForeignKeyConstraint(['line'], ['order_line.number'], name=op.f('fk_trip_line')),
    sa.ForeignKeyConstraint(['order'], ['outbound_order.number'], name=op.f('fk_trip_order')),
    sa.ForeignKeyConstraint(['pallet'], ['pallet.code'], name=op.f('fk_trip_pallet')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_trip'))
    )
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.create_index('ix_trip_job', ['job'], unique=False, sqlite_where=sa.text('job IS NOT NULL'), postgresql_where=sa.text('job IS NOT NULL'))
        batch_op.create_index('ix_trip_missing', ['pallet'], unique=False, sqlite_where=sa.text("state = 'missing'"), postgresql_where=sa.text("state = 'missing'"))
        batch_op.create_index('ix_trip_order_state', ['order', 'state'], unique=False)
        batch_op.create_index('ix_trip_waiting', ['number'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.create_index('uq_trip_pallet', ['pallet'], unique=True, sqlite_where=sa.text("state IN ('waiting','travelling','arrived','stopped')"), postgresql_where=sa.text("state IN ('waiting','travelling','arrived','stopped')"))



def downgrade() -> None:
    """Go one revision down."""
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.drop_index('uq_trip_pallet', sqlite_where=sa.text("state IN ('waiting','travelling','arrived','stopped')"), postgresql_where=sa.text("state IN ('waiting','travelling','arrived','stopped')"))
        batch_op.drop_index('ix_trip_waiting', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
        batch_op.drop_index('ix_trip_order_state')
        batch_op.drop_index('ix_trip_missing', sqlite_where=sa.text("state = 'missing'"), postgresql_where=sa.text("state = 'missing'"))
        batch_op.drop_index('ix_trip_job', sqlite_where=sa.text('job IS NOT NULL'), postgresql_where=sa.text('job IS NOT NULL'))

    op.drop_table('trip')
    with op.batch_alter_table('promise', schema=None) as batch_op:
        batch_op.drop_index('uq_promise_box', sqlite_where=sa.text("state IN ('promised','moving','picked')"), postgresql_where=sa.text("state IN ('promised','moving','picked')"))
        batch_op.drop_index('ix_promise_open', sqlite_where=sa.text("state = 'promised' AND job IS NULL"), postgresql_where=sa.text("state = 'promised' AND job IS NULL"))
        batch_op.drop_index('ix_promise_line_state')
        batch_op.drop_index('ix_promise_job', sqlite_where=sa.text('job IS NOT NULL'), postgresql_where=sa.text('job IS NOT NULL'))

    op.drop_table('promise')
    with op.batch_alter_table('pick_job', schema=None) as batch_op:
        batch_op.drop_index('uq_pick_job_station', sqlite_where=sa.text('ended_ms = 0'), postgresql_where=sa.text('ended_ms = 0'))

    op.drop_table('pick_job')
    with op.batch_alter_table('asset', schema=None) as batch_op:
        batch_op.drop_index('ix_asset_loose', sqlite_where=sa.text('state IS NOT NULL'), postgresql_where=sa.text('state IS NOT NULL'))
        batch_op.drop_index('ix_asset_box', sqlite_where=sa.text('box IS NOT NULL'), postgresql_where=sa.text('box IS NOT NULL'))

    op.drop_table('asset')
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_index('ix_slot_free', sqlite_where=sa.text("pallet IS NULL AND reserved_for IS NULL AND blocked = ''"), postgresql_where=sa.text("pallet IS NULL AND reserved_for IS NULL AND blocked = ''"))
        batch_op.drop_index('ix_slot_awaiting', sqlite_where=sa.text('reserved_for IS NOT NULL'), postgresql_where=sa.text('reserved_for IS NOT NULL'))

    op.drop_table('slot')
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.drop_index('ix_order_line_short', sqlite_where=sa.text('NOT allocated AND NOT closed'), postgresql_where=sa.text('NOT allocated AND NOT closed'))
        batch_op.drop_index('ix_order_line_order')

    op.drop_table('order_line')
    with op.batch_alter_table('box', schema=None) as batch_op:
        batch_op.drop_index('ix_box_pallet')
        batch_op.drop_index('ix_box_model_state_verified_ms')
        batch_op.drop_index('ix_box_inbound', sqlite_where=sa.text('inbound IS NOT NULL'), postgresql_where=sa.text('inbound IS NOT NULL'))

    op.drop_table('box')
    with op.batch_alter_table('pallet', schema=None) as batch_op:
        batch_op.drop_index('ix_pallet_lot_arrived_ms')
        batch_op.drop_index('ix_pallet_inbound', sqlite_where=sa.text('inbound IS NOT NULL'), postgresql_where=sa.text('inbound IS NOT NULL'))

    op.drop_table('pallet')
    with op.batch_alter_table('outbound_order', schema=None) as batch_op:
        batch_op.drop_index('ix_outbound_order_open', sqlite_where=sa.text("state NOT IN ('finished','cancelled')"), postgresql_where=sa.text("state NOT IN ('finished','cancelled')"))

    op.drop_table('outbound_order')
    with op.batch_alter_table('wcs_request', schema=None) as batch_op:
        batch_op.drop_index('ix_wcs_request_taken_id')

    op.drop_table('wcs_request')
    op.drop_table('waiting_question')
    with op.batch_alter_table('transport_order', schema=None) as batch_op:
        batch_op.drop_index('ix_transport_order_unit')
        batch_op.drop_index('ix_transport_order_state')

    op.drop_table('transport_order')
    op.drop_table('station')
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index('ix_question_state')

    op.drop_table('question')
    op.drop_table('moving_unit')
    op.drop_table('model')
    with op.batch_alter_table('mission', schema=None) as batch_op:
        batch_op.drop_index('ix_mission_state')
        batch_op.drop_index('ix_mission_order')

    op.drop_table('mission')
    op.drop_table('lot')
    with op.batch_alter_table('login', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_login_account'))

    op.drop_table('login')
    op.drop_table('inbound_order')
    with op.batch_alter_table('fact', schema=None) as batch_op:
        batch_op.drop_index('ix_fact_subject_id')
        batch_op.drop_index('ix_fact_kind_id')

    op.drop_table('fact')
    op.drop_table('device')
    op.drop_table('counter')
    op.drop_table('consumer_cursor')
    op.drop_table('code')
    with op.batch_alter_table('clarification', schema=None) as batch_op:
        batch_op.drop_index('ix_clarification_open', sqlite_where=sa.text('closed_ms = 0'), postgresql_where=sa.text('closed_ms = 0'))

    op.drop_table('clarification')
    op.drop_table('api_key')
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.drop_index('ix_alarm_cleared')

    op.drop_table('alarm')
    op.drop_table('aisle')
    op.drop_table('account')
