"""First tables"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('companies',
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('connection_mode', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_companies'))
    )
    op.create_table('department_jobs',
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('company_id', sa.String(length=140), nullable=False),
    sa.Column('department', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_department_jobs_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_department_jobs'))
    )
    with op.batch_alter_table('department_jobs', schema=None) as batch_op:
        batch_op.create_index('ix_department_jobs_company_id_department_state', ['company_id', 'department', 'state'], unique=False)

    op.create_table('transactions',
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('company_id', sa.String(length=140), nullable=False),
    sa.Column('reference', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('stage', sa.String(length=24), nullable=False),
    sa.Column('address', sa.String(length=300), nullable=False),
    sa.Column('price_cents', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_transactions_company_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transactions'))
    )
    with op.batch_alter_table('transactions', schema=None) as batch_op:
        batch_op.create_index('ix_transactions_company_id_updated_at', ['company_id', 'updated_at'], unique=False)
        batch_op.create_index('uq_transactions_company_id_reference', ['company_id', 'reference'], unique=True)

    op.create_table('users',
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('company_id', sa.String(length=140), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('disabled_at', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_users_company_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email'))
    )
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_users_company_id'), ['company_id'], unique=False)

    op.create_table('api_keys',
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('user_id', sa.String(length=140), nullable=False),
    sa.Column('secret_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('revoked_at', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_keys_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_keys'))
    )
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_keys_user_id'), ['user_id'], unique=False)

    op.create_table('one_time_links',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('user_id', sa.String(length=140), nullable=True),
    sa.Column('expires_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_one_time_links_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_one_time_links'))
    )
    op.create_table('refresh_families',
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('user_id', sa.String(length=140), nullable=False),
    sa.Column('counter', sa.Integer(), nullable=False),
    sa.Column('rotated_at', sa.Double(), nullable=False),
    sa.Column('expires_at', sa.Double(), nullable=False),
    sa.Column('revoked_at', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_refresh_families_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refresh_families'))
    )
    with op.batch_alter_table('refresh_families', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refresh_families_user_id'), ['user_id'], unique=False)

    op.create_table('threads',
    sa.Column('user_id', sa.String(length=140), nullable=False),
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('company_id', sa.String(length=140), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('head_id', sa.String(length=140), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_threads_company_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_threads_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'id', name=op.f('pk_threads'))
    )
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.create_index('ix_threads_company_id_updated_at', ['company_id', 'updated_at'], unique=False)
        batch_op.create_index('ix_threads_user_id_updated_at', ['user_id', 'updated_at'], unique=False)

    op.create_table('messages',
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('user_id', sa.String(length=140), nullable=False),
    sa.Column('thread_id', sa.String(length=140), nullable=False),
    sa.Column('parent_id', sa.String(length=140), nullable=True),
    sa.Column('turn_id', sa.String(length=140), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('finish_reason', sa.String(length=12), nullable=True),
    sa.Column('provider', sa.String(length=40), nullable=True),
    sa.Column('error_code', sa.String(length=60), nullable=True),
    sa.ForeignKeyConstraint(['user_id', 'thread_id'], ['threads.user_id', 'threads.id'], name=op.f('fk_messages_user_id_thread_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index('ix_messages_turn_id', ['turn_id'], unique=False)
        batch_op.create_index('ix_messages_user_id_thread_id_created_at', ['user_id', 'thread_id', 'created_at'], unique=False)

    op.create_table('turns',
    sa.Column('id', sa.String(length=140), nullable=False),
    sa.Column('user_id', sa.String(length=140), nullable=False),
    sa.Column('thread_id', sa.String(length=140), nullable=False),
    sa.Column('request_id', sa.String(length=140), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('user_message_id', sa.String(length=140), nullable=False),
    sa.Column('assistant_message_id', sa.String(length=140), nullable=False),
    sa.Column('provider', sa.String(length=40), nullable=True),
    sa.Column('model', sa.String(length=100), nullable=True),
    sa.Column('prompt_tokens', sa.Integer(), nullable=True),
    sa.Column('completion_tokens', sa.Integer(), nullable=True),
    sa.Column('cached_tokens', sa.Integer(), nullable=True),
    sa.Column('usage_estimated', sa.Boolean(), nullable=True),
    sa.Column('cost_nano_usd', sa.BigInteger(), nullable=True),
    sa.Column('timings_ms', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('started_at', sa.Double(), nullable=False),
    sa.Column('ended_at', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['user_id', 'thread_id'], ['threads.user_id', 'threads.id'], name=op.f('fk_turns_user_id_thread_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_turns'))
    )
    with op.batch_alter_table('turns', schema=None) as batch_op:
        batch_op.create_index('ix_turns_state', ['state'], unique=False)
        batch_op.create_index('ix_turns_user_id_thread_id', ['user_id', 'thread_id'], unique=False)
        batch_op.create_index('uq_turns_user_id_request_id', ['user_id', 'request_id'], unique=True)



def downgrade() -> None:
    with op.batch_alter_table('turns', schema=None) as batch_op:
        batch_op.drop_index('uq_turns_user_id_request_id')
        batch_op.drop_index('ix_turns_user_id_thread_id')
        batch_op.drop_index('ix_turns_state')

    op.drop_table('turns')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_user_id_thread_id_created_at')
        batch_op.drop_index('ix_messages_turn_id')

    op.drop_table('messages')
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.drop_index('ix_threads_user_id_updated_at')
        batch_op.drop_index('ix_threads_company_id_updated_at')

    op.drop_table('threads')
    with op.batch_alter_table('refresh_families', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refresh_families_user_id'))

    op.drop_table('refresh_families')
    op.drop_table('one_time_links')
    with op.batch_alter_table('api_keys', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_keys_user_id'))

    op.drop_table('api_keys')
    with op.batch_alter_table('users', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_users_company_id'))

    op.drop_table('users')
    with op.batch_alter_table('transactions', schema=None) as batch_op:
        batch_op.drop_index('uq_transactions_company_id_reference')
        batch_op.drop_index('ix_transactions_company_id_updated_at')

    op.drop_table('transactions')
    with op.batch_alter_table('department_jobs', schema=None) as batch_op:
        batch_op.drop_index('ix_department_jobs_company_id_department_state')

    op.drop_table('department_jobs')
    op.drop_table('companies')
