
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_seal_authenticators'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='password_breached',
            field=models.BooleanField(default=False, editable=False, verbose_name='mot de passe divulgué'),
        ),
        migrations.AddField(
            model_name='user',
            name='password_changed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='mot de passe choisi le'),
        ),
        migrations.CreateModel(
            name='FormerPassword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_passwords', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'ancien mot de passe',
                'verbose_name_plural': 'anciens mots de passe',
            },
        ),
        migrations.CreateModel(
            name='OpenSession',
            fields=[
                ('key', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('device', models.CharField(blank=True, max_length=40)),
                ('opened_at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='open_sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session ouverte',
                'verbose_name_plural': 'sessions ouvertes',
            },
        ),
        migrations.CreateModel(
            name='MailedCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The human-readable name of this device.', max_length=64)),
                ('confirmed', models.BooleanField(default=True, help_text='Is this device ready for use?')),
                ('throttling_failure_timestamp', models.DateTimeField(blank=True, default=None, help_text='A timestamp of the last failed verification attempt. Null if last attempt succeeded.', null=True)),
                ('throttling_failure_count', models.PositiveIntegerField(default=0, help_text='Number of successive failed attempts.')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(help_text='The user that this device belongs to.', on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'code par courriel',
                'verbose_name_plural': 'codes par courriel',
                'constraints': [models.UniqueConstraint(fields=('user',), name='accounts_mailed_code_once')],
            },
        ),
    ]
